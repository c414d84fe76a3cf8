import Foundation
import Sockets
import TLS
import X509

/// The way to the cloud, without a session in it.
extension Examination {
    private var endpoint: HostPort? { (try? plan.get()).flatMap { try? $0.builder.endpoint() } ?? endpointOfURL }

    /// The endpoint where the device has no id yet.
    private var endpointOfURL: HostPort? {
        (try? cloudSettings().string("url")).flatMap { $0 }.flatMap { try? HostPort(parsing: $0, defaultPort: 8883) }
    }

    private var waiter: Waiter<TLSError> {
        let interruption = context.interruption
        return Waiter(interrupted: { interruption.isRequested })
    }

    private func failed(_ error: TLSError, _ endpoint: HostPort) -> CheckOutcome {
        let words = (try? cloudSettings()).flatMap { EndpointWords(cloud, $0, endpoint).diagnosis(error) }
        return .error(words ?? Diagnosis("endpoint-failed", "\(endpoint) cannot be used.", seen: "\(error)"))
    }

    func nameResolution() -> CheckOutcome {
        guard let endpoint else { return .unseen("there is no address") }
        do {
            let addresses = try AddressLookup.addresses(of: endpoint.bareHost, until: end(after: 3), waiter)
            return .ok(addresses.map(\.text).joined(separator: ", "))
        } catch {
            return failed(error, endpoint)
        }
    }

    func tcp() -> CheckOutcome {
        guard let endpoint else { return .unseen("there is no address") }
        do {
            try reach(endpoint.bareHost, endpoint.port, within: 3)
            return .ok("port \(endpoint.port) is open")
        } catch {
            guard case .error(let diagnosis) = failed(error, endpoint), endpoint.port != 443 else {
                return failed(error, endpoint)
            }
            let isOpen = (try? reach(endpoint.bareHost, 443, within: 1.5)) != nil
            let seen =
                (diagnosis.seen ?? "") + "; port 443 of \(endpoint.host) is \(isOpen ? "open" : "not open either")"
            return .error(Diagnosis(diagnosis.id, diagnosis.message, seen: seen, hint: diagnosis.hint))
        }
    }

    private func reach(_ host: String, _ port: UInt16, within seconds: Double) throws(TLSError) {
        close(try TCPConnector.connect(host: host, port: port, until: end(after: seconds), waiter))
    }

    func proxy() -> CheckOutcome {
        guard let proxy = (try? settings.get().proxyAddress()) ?? nil else { return .ok("none is set") }
        if case .ok = outcome(of: "tcp") { return .ok("the bridge does not need '\(proxy)'") }
        return .warning(
            Diagnosis(
                "proxy-not-usable", "mosquitto's bridge cannot use the proxy that 'proxy.address' names.",
                seen: "'proxy.address' is \(proxy)",
                hint: "Let the device reach the cloud's MQTT port directly; the proxy serves uploads only."))
    }

    func serverCertificate() -> CheckOutcome {
        guard let endpoint, let roots = try? cloudSettings().path("root_cert_path") else {
            return .unseen("there is no address")
        }
        do throws(TLSError) {
            _ = try TLSConnection(
                host: endpoint.host, port: endpoint.port, options: TLSOptions(roots: [.path(roots)]),
                until: end(after: 3), interrupted: { self.context.interruption.isRequested })
            return .ok("it is trusted")
        } catch {
            // A server may end the handshake for want of a client certificate; then its own was good.
            if case .alert = error { return .ok("it is trusted") }
            return failed(error, endpoint)
        }
    }

    func serverClock() -> CheckOutcome {
        guard cloud.check == .smartREST, let settings = try? cloudSettings(),
            let target = try? WebTarget(settings)
        else { return .unseen("\(cloud.displayName) has no HTTPS service that could be asked") }
        do throws(HTTPError) {
            let answer = try context.web.send(
                HTTPRequest("GET", "/tenant/loginOptions"), to: target, until: end(after: 2),
                interruption: context.interruption)
            guard
                let date = answer.headers.first(where: { $0.name == "date" }).flatMap({
                    MailDate.seconds(ofHTTPDate: $0.value)
                })
            else { return .unseen("the server gives no date") }
            let difference = context.now() - date
            if abs(difference) < 300 { return .ok("\(abs(difference)) s apart") }
            return .error(
                Diagnosis(
                    "clock-wrong", "The clock of this device is wrong.",
                    seen: "it says \(MailDate.text(context.now())), and \(target.endpoint.host) \(MailDate.text(date))",
                    hint: "Run 'sudo timedatectl set-ntp true', or 'sudo date --set=<time>'."))
        } catch {
            return .unseen("\(target.endpoint) does not answer: \(error)")
        }
    }

    func clientCertificate() -> CheckOutcome {
        guard let endpoint, let settings = try? cloudSettings(), let roots = try? settings.path("root_cert_path"),
            let certificatePath = try? settings.path("device.cert_path"),
            let keyPath = try? settings.path("device.key_path")
        else { return .unseen("there is no address") }
        guard case .ok? = outcomes["private-key"] else { return Self.needsRoot }
        let options = TLSOptions(
            roots: [.path(roots)], identity: .init(certificatePath: certificatePath, keyPath: keyPath))
        do throws(TLSError) {
            let connection = try TLSConnection(
                host: endpoint.host, port: endpoint.port, options: options, until: end(after: 3),
                interrupted: { self.context.interruption.isRequested })
            // A server of TLS 1.3 rejects a certificate after the handshake.
            do throws(TLSError) {
                _ = try connection.read(until: end(after: 1))
                throw TLSError.closed(.read)
            } catch {
                if case .silent = error {
                    // Azure and AWS judge the device after the handshake.
                    return .ok(cloud.check == .smartREST ? "it is accepted" : "the TLS handshake accepts it")
                }
                throw error
            }
        } catch {
            return failed(error, endpoint)
        }
    }
}
