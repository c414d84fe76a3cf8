import Synchronization
@testable import TLS

@testable import TedgeCore

/// What a command prints.
final class Printed: Sendable {
    private let texts = Mutex<[(stream: ConsoleStream, text: String)]>([])

    /// A console that remembers.
    func console(isJSON: Bool = false) -> Console {
        Console(isJSON: isJSON) { stream, text in self.texts.withLock { $0.append((stream, text)) } }
    }

    /// What is on stdout.
    var output: String { texts.withLock { $0.filter { $0.stream == .output }.map(\.text).joined() } }
    /// What is on stderr.
    var errors: String { texts.withLock { $0.filter { $0.stream == .error }.map(\.text).joined() } }
    /// Both in the order in which they came, as on a terminal.
    var all: String { texts.withLock { $0.map(\.text).joined() } }

    /// Forgets what was printed so far.
    func forget() { texts.withLock { $0 = [] } }
}

/// A signal that a test sends.
final class FixtureSignal: Sendable {
    private let number = Mutex<Int32?>(nil)

    /// Sends it.
    func send(_ number: Int32) { self.number.withLock { $0 = number } }

    /// What notices it.
    var interruption: Interruption { Interruption { self.number.withLock { $0 } } }
}

/// The users and groups of a device.
struct FixtureAccounts: Accounts {
    var caller = FixtureFiles.owner
    var users: [String: Owner] = [
        "mosquitto": Owner(user: 110, group: 120), "tedge": Owner(user: 900, group: 901),
        "root": Owner(user: 0, group: 0),
    ]
    var groupNumbers: [String: UInt32] = ["mosquitto": 120, "tedge": 901]
    var memberships: [String: [UInt32]] = [:]

    /// The caller who may do everything.
    static let root = Owner(user: 0, group: 0)

    func user(named name: String) -> Account? { users[name].map { Account(name: name, owner: $0) } }
    func name(ofUser user: UInt32) -> String? { users.first { $0.value.user == user }?.key }
    func group(named name: String) -> UInt32? { groupNumbers[name] }
    func groups(of account: Account) -> [UInt32] { [account.owner.group] + (memberships[account.name] ?? []) }
}

/// A terminal on which a person types what a test says; none where nothing is said.
struct FixtureTerminal: Terminal {
    var exists = false
    var line: String?
    var secret: String?
    var failure: TerminalError?

    func readSecret(prompt: String, interruption: Interruption) throws(TerminalError) -> Secret? {
        if let failure { throw failure }
        return secret.map { Secret($0.utf8) }
    }

    func readLine(prompt: String, interruption: Interruption) throws(TerminalError) -> String? {
        if let failure { throw failure }
        return line
    }
}

/// A cloud's HTTPS service that gives the answers of a test, in their order.
final class FixtureWeb: WebService {
    private struct State {
        var requests: [HTTPRequest] = []
        var targets: [WebTarget] = []
        var answers: [Result<HTTPResponse, HTTPError>] = []
        var server: (@Sendable (HTTPRequest) -> HTTPResponse)?
    }

    private let state = Mutex(State())

    /// What was asked.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// Where it was asked.
    var targets: [WebTarget] { state.withLock { $0.targets } }

    /// Adds an answer.
    func answer(_ status: Int, _ reason: String = "", _ body: String = "") {
        let response = HTTPResponse(status: status, reason: reason, headers: [], body: Array(body.utf8))
        state.withLock { $0.answers.append(.success(response)) }
    }

    /// Has the cloud answer so where no answer is left.
    func serve(_ server: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { state.withLock { $0.server = server } }

    /// Adds a failure.
    func fail(_ error: HTTPError) { state.withLock { $0.answers.append(.failure(error)) } }

    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse {
        let answer = state.withLock { state -> Result<HTTPResponse, HTTPError>? in
            state.requests.append(request)
            state.targets.append(target)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        if let answer { return try answer.get() }
        guard let server = state.withLock({ $0.server }) else { throw .truncated }
        return server(request)
    }
}
