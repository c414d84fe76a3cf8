import Foundation
import Synchronization
import TestSupport

@testable import TLS

/// A real TLS server on 127.0.0.1, `Server/server.py`, killed when the last reference goes.
final class TLSServer: Sendable {
    /// What the server saw of a connection.
    struct Request: Decodable {
        /// The name in the handshake.
        var serverName: String?
        /// The common name of the client's certificate.
        var client: String?
        /// The version of TLS.
        var version: String
        /// The request without its body.
        var head: String
        /// The number of bytes in its body.
        var bodySize: Int
    }

    let port: UInt16
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts it.
    ///
    /// - Parameters:
    ///   - answer: What it sends after each request.
    ///   - extra: Further options of the script.
    init(
        _ identity: TestAuthority.Identity, answer: String = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        extra: [String] = []
    ) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Server/server.py"
        let options = [
            "--certificate", identity.certificate, "--key", identity.key,
            "--answer", try directory.write(answer, to: "answer"), "--log", directory.file("log"),
        ]
        let process = try ChildProcess(
            "/usr/bin/python3", ["-I", script] + options + extra, output: directory.file("out"),
            errors: directory.file("err"))
        let output = { contents(of: directory.file("out")) }
        guard eventually({ output().hasSuffix("\n") || process.ended() != nil }),
            let port = UInt16(output().dropLast())
        else { throw TestFailure("the TLS server did not start: \(contents(of: directory.file("err")))") }
        self.process = process
        self.port = port
    }

    /// Its directory goes after it, lest it write there meanwhile.
    deinit { process.kill() }

    /// What it has served so far.
    func requests() throws -> [Request] {
        try contents(of: directory.file("log")).split(separator: "\n").map {
            try JSONDecoder().decode(Request.self, from: Data($0.utf8))
        }
    }

    /// The last request, waited for.
    func request() throws -> Request {
        guard try eventually({ try !requests().isEmpty }), let last = try requests().last else {
            throw TestFailure("the TLS server saw no request")
        }
        return last
    }
}

extension TLSOptions {
    /// Trusts one file or directory.
    static func trusting(_ path: String, _ identity: TestAuthority.Identity? = nil) -> TLSOptions {
        TLSOptions(
            roots: [.path(path)],
            identity: identity.map { Identity(certificatePath: $0.certificate, keyPath: $0.key) })
    }
}

/// Connects to a port of this machine.
func reach(
    _ port: UInt16, _ options: TLSOptions, host: String = "localhost", proxy: TLSProxy? = nil,
    until deadline: ContinuousClock.Instant = later, interrupted: @escaping () -> Bool = { false }
) throws(TLSError) -> TLSConnection {
    // As the program does: a server that goes away is an error and no signal.
    signal(SIGPIPE, SIG_IGN)
    return try TLSConnection(
        host: host, port: port, proxy: proxy, options: options, until: deadline, interrupted: interrupted)
}

extension TLSConnection {
    /// Sends a request without headers, so that the server answers.
    func ask() throws(TLSError) { try write([UInt8]("GET / HTTP/1.1\r\n\r\n"), until: later) }

    /// Reads to the end.
    func readAll() throws(TLSError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let part = try read(until: later)
            if part.isEmpty { return bytes }
            bytes += part
        }
    }
}

/// A switch that another thread can turn on.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }
    func set() { state.store(true, ordering: .releasing) }
}
