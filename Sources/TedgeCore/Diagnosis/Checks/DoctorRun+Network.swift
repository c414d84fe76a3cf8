import Foundation
import Sockets
import TLS
import X509

/// The network between the device and the cloud, without an MQTT session.
extension DoctorRun {
    private var endpoint: HostPort? { (try? plan.get()).flatMap { try? $0.builder.endpoint() } ?? endpointOfURL }

    /// The endpoint of a device without an id.
    private var endpointOfURL: HostPort? {
        (try? cloudSettings().string("url")).flatMap { $0 }.flatMap { try? HostPort(parsing: $0, defaultPort: 8883) }
    }

    private var waiter: Waiter<TLSError> {
        let interruption = context.interruption
        return Waiter(interrupted: { interruption.isRequested })
    }

    private func failed(_ error: TLSError, _ endpoint: HostPort) -> CheckOutcome {
        if error == .interrupted { return .outOfTime }
        let words = (try? cloudSettings()).flatMap { EndpointDiagnosis(cloud, $0, endpoint).diagnosis(error) }
        if let words, let advice = registrationAdvice(words.id) {
            return .error(Diagnosis(words.id, words.message, seen: words.seen, hint: advice))
        }
        return .error(words ?? Diagnosis(.endpointFailed, "\(endpoint) cannot be used.", seen: "\(error)"))
    }

    /// What helps if Cumulocity does not trust a certificate that an authority issued: uploading it would not.
    private func registrationAdvice(_ reason: ReasonID) -> String? {
        guard cloud.check == .smartREST, [.deviceCertificateNotTrusted, .cloudClosesConnection].contains(reason),
            let certificate, certificate.issuer != certificate.subject
        else { return nil }
        return
            "The certificate was issued by '\(certificate.issuer)'. If that is not an authority that Cumulocity trusts, have it "
            + "trusted there; if it is the tenant's own, register the device again with 'sudo tedge bootstrap "
            + "\(cloud.name.words(profile)) --re-register'."
    }

    /// Checks the endpoint for at most this many seconds. If there was less time, a missing answer proves nothing.
    private func looked(
        within seconds: Double, _ body: (HostPort, ContinuousClock.Instant) throws(TLSError) -> CheckOutcome
    ) -> CheckOutcome {
        guard let endpoint else { return .skipped("there is no address") }
        let wanted = ContinuousClock.now + .seconds(seconds)
        do throws(TLSError) {
            return try body(endpoint, min(deadline, wanted))
        } catch {
            return error.isSilence && deadline < wanted ? .outOfTime : failed(error, endpoint)
        }
    }

    func libraries() -> CheckOutcome {
        do throws(LibraryError) {
            try context.require(.mosquitto)
            return .ok("they are")
        } catch {
            return .error(error as any Error)
        }
    }

    func nameResolution() -> CheckOutcome {
        looked(within: 3) { endpoint, end throws(TLSError) in
            let addresses = try addresses(of: endpoint, until: end).map(\.text)
            // Ad blockers and wrong lines in /etc/hosts can cause such an address.
            if let nowhere = addresses.first, ["0.0.0.0", "::"].contains(nowhere), endpoint.bareHost != nowhere {
                return .error(
                    Diagnosis(
                        .nameBlocked,
                        "The name \(endpoint.host) resolves to \(nowhere), which is not the address of a cloud.",
                        seen: addresses.joined(separator: ", "),
                        hint: "Look for the name in /etc/hosts, and for a filter in the network's name server."))
            }
            return .ok(addresses.joined(separator: ", "))
        }
    }

    private func addresses(
        of endpoint: HostPort, until end: ContinuousClock.Instant
    ) throws(TLSError) -> [NetworkAddress] {
        try AddressLookup.addresses(of: endpoint.bareHost, until: end, waiter, resolver: context.resolver)
    }

    func tcp() -> CheckOutcome {
        let outcome = looked(within: 3) { endpoint, end throws(TLSError) in
            let addresses = try addresses(of: endpoint, until: end)
            // mosquitto tries only one address.
            guard let first = TCPConnector.first(of: addresses, port: endpoint.port) else {
                try reach(addresses, endpoint, endpoint.port, until: end)
                return .ok("port \(endpoint.port) is open")
            }
            do throws(TLSError) {
                try reach([first], endpoint, endpoint.port, until: end)
                return .ok("port \(endpoint.port) of \(first.text) is open")
            } catch {
                for other in addresses where other != first && error != .interrupted {
                    guard (try? reach([other], endpoint, endpoint.port, until: self.end(after: 1))) != nil else {
                        continue
                    }
                    return .error(onlyAnother(other, than: first, endpoint, error))
                }
                throw error
            }
        }
        guard case .error(let diagnosis) = outcome, let endpoint, endpoint.port != 443,
            [.portClosed, .hostUnreachable, .packetsDropped].contains(diagnosis.id),
            let addresses = try? addresses(of: endpoint, until: end(after: 1))
        else { return outcome }
        let web: String
        var hint = diagnosis.hint
        do throws(TLSError) {
            try reach(addresses, endpoint, Cloud.webPort, until: end(after: 1.5))
            web = "open"
            if let advice = webPortAdvice(endpoint) { hint = advice }
        } catch {
            // A distant server may need more time.
            guard error != .interrupted, !(error.isSilence && deadline < .now + .seconds(0.5)) else { return outcome }
            web = "not open either"
        }
        let seen = (diagnosis.seen ?? "") + "; port 443 of \(endpoint.host) is \(web)"
        return .error(Diagnosis(diagnosis.id, diagnosis.message, seen: seen, hint: hint))
    }

    /// What helps a device whose network lets only port 443 through.
    private func webPortAdvice(_ endpoint: HostPort) -> String? {
        let mqtt = key(cloud.endpointSetting)
        let opening = "Have the network let this device through to \(endpoint)"
        guard cloud.protocolOnWebPort != nil else {
            let other =
                cloud.check == .smartREST ? "; if the tenant offers MQTT over TLS on another port, set '\(mqtt)'" : ""
            return "\(opening)\(other). \(webPortLimit)"
        }
        if let mosquittoVersion, MosquittoVersion.isOlder(mosquittoVersion, than: (1, 6, 0)) {
            return "\(opening), or install mosquitto 1.6 or later, which can use port 443."
        }
        return
            "\(cloud.displayName) takes MQTT on port 443 too: run 'sudo tedge config set \(mqtt) \(endpoint.host):443', "
            + "then '\(reconnectCommand)'."
    }

    /// Why port 443 is of no use for mosquitto.
    private var webPortLimit: String {
        "On port 443, \(cloud.displayName) takes MQTT over WebSocket alone, which mosquitto's bridge cannot use."
    }

    private func onlyAnother(
        _ other: NetworkAddress, than first: NetworkAddress, _ endpoint: HostPort, _ error: TLSError
    ) -> Diagnosis {
        let reason =
            if case .socket(.cannotConnect(_, _, let code)) = error { "\(SystemError(code))" } else { "no answer" }
        return Diagnosis(
            .firstAddressUnreachable,
            "mosquitto uses the address \(first.text) of \(endpoint.host), which cannot be reached on port \(endpoint.port).",
            seen: "\(first.text): \(reason); \(other.text): port \(endpoint.port) is open",
            hint: "Make \(first.text) reachable, or make the name resolve to \(other.text) alone: add the line "
                + "'\(other.text) \(endpoint.bareHost)' to /etc/hosts.")
    }

    private func reach(
        _ addresses: [NetworkAddress], _ endpoint: HostPort, _ port: UInt16, until end: ContinuousClock.Instant
    ) throws(TLSError) {
        close(try TCPConnector.connect(to: addresses, of: endpoint.bareHost, port: port, until: end, waiter))
    }

    func proxy() -> CheckOutcome {
        guard let proxy = (try? settings.get().proxyAddress()) ?? nil else { return .ok("none is set") }
        switch outcome(of: .tcp) {
        case .ok: return .ok("the bridge does not need '\(proxy)'")
        case .skipped(let reason): return .skipped(reason)
        default: break
        }
        return .warning(
            Diagnosis(
                .proxyNotUsable, "mosquitto's bridge cannot use the proxy that 'proxy.address' names.",
                seen: "'proxy.address' is \(proxy)",
                hint: "Let the device reach the cloud's MQTT port directly; the proxy serves uploads only."))
    }

    func serverCertificate() -> CheckOutcome {
        looked(within: 3) { endpoint, end throws(TLSError) in
            guard let roots = try? cloudSettings().path("root_cert_path") else {
                return .skipped("there is no address")
            }
            let probe = context.probe(
                endpoint, TLSOptions(roots: [.path(roots)], alpn: cloud.alpn(for: endpoint)), timeout: .zero,
                until: end, context.interruption)
            // A server may end the handshake because the client sent no certificate; by then the client has accepted the
            // server's certificate.
            if probe.isServerTrusted { return .ok("it is trusted") }
            guard let failure = probe.failure else { return .ok("it is trusted") }
            switch failure {
            case .closed, .lost: return .error(closedEarly(endpoint, failure))
            default: break
            }
            throw failure
        }
    }

    /// The connection ended before any certificate was sent, so the device certificate is not the cause.
    private func closedEarly(_ endpoint: HostPort, _ error: TLSError) -> Diagnosis {
        let key = key(cloud.endpointSetting)
        return Diagnosis(
            .cloudClosesConnection,
            "What answers at \(endpoint) closes the connection before it has shown a certificate.",
            seen: "\(error)",
            hint:
                "Check '\(key)' with 'tedge config get \(key)': is it the cloud's MQTT port for TLS? A firewall on the way may "
                + "close the connection as well.")
    }

    func serverClock() -> CheckOutcome {
        guard cloud.check == .smartREST, let settings = try? cloudSettings(),
            let target = try? WebTarget(settings)
        else { return .skipped("\(cloud.displayName) has no HTTPS service that could be asked") }
        do throws(HTTPError) {
            let answer = try context.web.send(
                HTTPRequest("GET", "/tenant/loginOptions"), to: target, until: end(after: 2),
                interruption: context.interruption)
            guard
                let date = answer.headers.first(where: { $0.name == "date" }).flatMap({
                    RFC2822Date.seconds(ofHTTPDate: $0.value)
                })
            else { return .skipped("the server gives no date") }
            let difference = context.now() - date
            if abs(difference) < 300 { return .ok("\(abs(difference)) s apart") }
            return .error(
                Diagnosis(
                    .clockWrong, "The clock of this device is wrong.",
                    seen:
                        "it says \(RFC2822Date.text(context.now())), and \(target.endpoint.host) \(RFC2822Date.text(date))",
                    hint: "Run 'sudo timedatectl set-ntp true', or 'sudo date --set=<time>'."))
        } catch {
            return .skipped("\(target.endpoint) does not answer: \(error)")
        }
    }

    func clientCertificate() -> CheckOutcome {
        guard case .ok? = outcomes[.privateKey] else { return Self.needsRoot }
        return looked(within: 4) { endpoint, end throws(TLSError) in
            guard let settings = try? cloudSettings(), let roots = try? settings.path("root_cert_path"),
                let certificatePath = try? settings.path("device.cert_path"),
                let keyPath = try? settings.path("device.key_path")
            else { return .skipped("there is no address") }
            let probe = context.probe(
                cloud, endpoint, roots: roots, identity: .init(certificatePath: certificatePath, keyPath: keyPath),
                until: end)
            if let failure = probe.failure { throw failure }
            guard probe.isIdentityWanted else {
                return .warning(
                    Diagnosis(
                        .clientCertificateNotAsked,
                        "What answers at \(endpoint) does not ask for a certificate, so the device cannot show its own.",
                        hint:
                            "Check '\(key(cloud.endpointSetting))' with 'tedge config get \(key(cloud.endpointSetting))': "
                            + "is it the MQTT port for devices with a certificate?"
                            + (endpoint.port == Cloud.webPort && cloud.protocolOnWebPort == nil
                                ? " " + webPortLimit : "")))
            }
            // Azure and AWS check the device after the handshake.
            return .ok(cloud.check == .smartREST ? "it is accepted" : "the TLS handshake accepts it")
        }
    }
}

extension TLSError {
    /// Whether nothing answered before the deadline.
    fileprivate var isSilence: Bool {
        switch self {
        case .socket(.noAnswer), .socket(.nameServerSilent), .silent: true
        default: false
        }
    }
}
