import Foundation
import TLS

/// Finds the own domain of a Cumulocity tenant. Devices connect to it over MQTT, also if people use another domain for HTTP.
///
/// The tenant says it to everyone: the link `self` in the answer to `GET /tenant/loginOptions`. What the answer says is used only
/// if it is a valid host name and if a server there proves with a trusted certificate on the MQTT port that the name is its own.
/// Otherwise the device keeps the address that it has.
struct TenantDiscovery {
    /// The tenant's HTTP interface.
    let target: WebTarget
    /// The file or directory with the roots that the MQTT connection trusts.
    let roots: String
    /// The port of MQTT.
    var port: UInt16 = 8883
    let context: Context

    /// What the tenant says.
    enum Outcome: Equatable {
        /// MQTT has the same host as HTTP.
        case same
        /// MQTT has this host.
        case other(String)
        /// Nothing that is used; the reason is a sentence without a full stop.
        case unknown(String)

        /// The host for MQTT, if it is another one.
        var host: String? { if case .other(let host) = self { host } else { nil } }
    }

    /// How long each of the two servers may take, in seconds.
    private static let limit = 10
    /// The longest answer that is read, in bytes. Real ones have less than a hundredth of it.
    private static let longest = 262_144

    /// Asks the tenant. Throws if it does not answer at all; an answer of any kind is no failure.
    func run() throws(HTTPError) -> Outcome {
        let request = HTTPRequest("GET", "/tenant/loginOptions", headers: [("Accept", "application/json")])
        let outcome = checked(Self.domain(in: try context.send(request, to: target, within: Self.limit)))
        switch outcome {
        case .same: context.console.log(.info, "the tenant has the same address for MQTT")
        case .other(let host): context.console.log(.info, "the tenant has the address \(host) for MQTT")
        case .unknown(let reason): context.console.log(.info, "no address for MQTT is known: \(reason)")
        }
        return outcome
    }

    /// The domain in an answer, in lower case.
    static func domain(in response: HTTPResponse) -> Result<String, Problem> {
        guard response.status == 200 else { return .failure(.init("the answer is '\(response.statusText)'")) }
        guard response.body.count <= longest else { return .failure(.init("the answer is too long")) }
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        else { return .failure(.init("the answer is not a JSON object")) }
        guard let link = object["self"] as? String else { return .failure(.init("the answer has no link 'self'")) }
        guard link.contains("://"), let authority = HostName.authority(ofPasted: link), !authority.contains("@"),
            let found = try? HostPort(parsing: authority.lowercased(), defaultPort: 443)
        else { return .failure(.init("the link 'self' is no address")) }
        return .success(found.host)
    }

    /// Why an answer is of no use.
    struct Problem: Error, Equatable {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private func checked(_ domain: Result<String, Problem>) -> Outcome {
        let host: String
        switch domain {
        case .failure(let problem): return .unknown(problem.reason)
        case .success(let found): host = found
        }
        guard host != target.endpoint.host.lowercased() else { return .same }
        guard let endpoint = try? HostPort(parsing: "\(host):\(port)", defaultPort: port) else {
            return .unknown("the link 'self' is no address")
        }
        let probe = context.probe(
            endpoint, TLSOptions(roots: [.path(roots)]), timeout: .zero, until: .now + .seconds(Self.limit),
            context.interruption)
        guard probe.isServerTrusted else {
            return .unknown(
                "\(endpoint) does not prove that it is the tenant's: \(probe.failure.map { "\($0)" } ?? "")")
        }
        return .other(host)
    }
}
