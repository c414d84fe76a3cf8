import MQTT
import TLS
import X509

/// A certificate that waits beside the one in use, as `cert renew` leaves it. connect uses it if the cloud accepts it.
struct RenewedCertificate {
    /// What became of it.
    enum Outcome: Equatable {
        /// There is none.
        case none
        /// It is the one in use now.
        case taken
        /// It stays beside the one in use: nothing can or shall be asked of the cloud.
        case ignored
        /// It stays beside the one in use, because it cannot be used or the cloud refuses it.
        case refused(String)
    }

    let plan: ConnectionInputs
    let bridge: BridgeConfiguration
    let context: Context
    private static let attempts = 3

    /// The file of a renewed certificate.
    static func path(besides certificatePath: String) -> String { certificatePath + ".new" }

    /// How to have a cloud trust a renewed certificate, and then use it.
    ///
    /// - Parameter first: A command to type before; none if nil.
    static func trustHint(_ cloud: CloudName, _ profile: ProfileName?, after first: String? = nil) -> String {
        let option = profile.map { " --profile \($0)" } ?? ""
        let begin = first.map { "Run '\($0)', then " }
        let upload = "'tedge cert upload c8y --user <username>\(option)'"
        let trust =
            switch (cloud, begin) {
            case (.c8y, nil): "Run \(upload)"
            case (.c8y, let begin?): "\(begin)\(upload)"
            case (_, nil): "Register the new certificate in \(cloud.productName)"
            case (_, let begin?): "\(begin)register the new certificate in \(cloud.productName)"
            }
        return "\(trust), then run 'sudo tedge reconnect \(cloud.words(profile))'."
    }

    private var path: String { Self.path(besides: bridge.certificatePath) }

    /// Replaces the certificate in use by a renewed one, if there is one that the cloud accepts.
    ///
    /// - Parameters:
    ///   - isOffline: Whether the cloud must not be asked.
    ///   - owner: Who is to have the certificate; who has the one in use if nil.
    func take(isOffline: Bool, owner: Owner?, _ files: FileTransaction) throws -> Outcome {
        guard bridge.credentials == nil, context.files.exists(path) else { return .none }
        guard !isOffline else {
            context.console.note(
                "Offline mode. Skipping new device certificate validation\n  => use current certificate "
                    + "\(bridge.certificatePath)\n  => ignoring new certificate \(path)")
            return .ignored
        }
        // Only root and the owner may read a key; a caller who may not cannot prove anything with it.
        guard context.files.isReadable(bridge.keyPath) else { return .ignored }
        context.console.step("Validating new certificate: \(path)")
        let contents = try context.files.read(path)
        if let reason = try objection(to: contents) {
            context.console.note(
                "Error validating the new certificate: \(reason)\n  => keep using the current certificate unchanged "
                    + bridge.certificatePath)
            return .refused(reason)
        }
        try files.write(bridge.certificatePath, contents, mode: 0o444, owner: owner)
        _ = try files.remove(path)
        context.console.note("The new certificate is now the active certificate \(bridge.certificatePath)")
        return .taken
    }

    /// Why `take` would not take the certificate; nil if it would. Nothing is changed on the device, but a cloud that lets the
    /// device in ends the connection of its bridge, which comes back by itself.
    func foreseenObjection() throws -> String? { try objection(to: try context.files.read(path)) }

    /// Why the certificate is not to be used; nil if it is.
    private func objection(to contents: [UInt8]) throws -> String? {
        do {
            try DirectoryTrustCheck(bridge.certificatePath, in: context).check()
            var validation = try plan.validation(of: bridge, for: nil, in: context)
            validation.certificatePath = path
            let certificate = try validation.certificate()
            try validation.checkDates(of: certificate)
            try validation.checkKey(of: certificate)
            // Whoever can exchange the file has root publish nothing else.
            guard (try? Certificate(pem: contents))?.thumbprint == certificate.thumbprint else {
                return "\(path) was exchanged meanwhile"
            }
            // The file becomes one that everybody may read.
            if StoredForm(contents).holdsKey { throw CertificateError.keyInCertificateFile(path: path) }
            // A file that holds the only key must not be replaced by a certificate.
            if CertificateFile.holdsKey(bridge.certificatePath, files: context.files) {
                throw CertificateError.keyInCertificateFile(path: bridge.certificatePath)
            }
            guard certificate.commonName == bridge.remoteClientID else {
                return "it is for '\(certificate.commonName ?? "")', and this device is '\(bridge.remoteClientID)'"
            }
        } catch let error as CertificateError {
            return error.causes.joined(separator: ": ")
        }
        return try refusal(plan.cloud.check == .smartREST ? try plan.settings.required("device.type") : nil)
    }

    /// What the cloud says against it; nil if it takes it. What may pass is tried again.
    private func refusal(_ deviceType: String?) throws -> String? {
        // Whether the cloud would take it is not known, and it may not exist yet.
        guard context.rehearsal == nil else { return nil }
        var attempt = 1
        while true {
            do throws(MQTTError) {
                try prove(deviceType)
                return nil
            } catch {
                try context.interruption.check()
                // An answer of the cloud's, which goes by several names, is no accident.
                if error.isEndedByPeer, let reason = judgement() { return reason }
                guard error.mayBeTransient, attempt < Self.attempts else { return words(error) }
            }
            attempt += 1
            try context.interruption.pause(context.retryPause)
            context.console.line("Validating new certificate: attempt \(attempt) of \(Self.attempts)")
        }
    }

    /// What the cloud says against the certificate in a TLS handshake, always in the same words; nil if it says nothing.
    ///
    /// To a client that goes on sending, the end of one and the same handshake shows itself as an alert, as an end or as a
    /// reset, whichever comes first.
    private func judgement() -> String? {
        let identity = TLSOptions.Identity(certificatePath: path, keyPath: bridge.keyPath)
        let roots =
            switch bridge.trustRoots {
            case .file(let path), .directory(let path): path
            }
        let probe = context.probe(
            plan.cloud, bridge.address, roots: roots, identity: identity, until: .now + .seconds(5))
        let words = EndpointDiagnosis(plan.cloud, plan.builder.settings, bridge.address)
        guard let failure = probe.failure, failure.isVerdict, let diagnosis = words.diagnosis(failure) else {
            return nil
        }
        return [diagnosis.message, diagnosis.seen.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    }

    /// A failure in words that are the same however the end of the connection showed itself.
    private func words(_ error: MQTTError) -> String {
        error.isEndedByPeer ? "\(plan.cloud.displayName) closes the connection of this device." : "\(error)"
    }

    /// Connects as the bridge would. Cumulocity, whose devices have a type, acknowledges the registration besides.
    private func prove(_ deviceType: String?) throws(MQTTError) {
        let deadline = ContinuousClock.now + .seconds(10)
        var tls = MQTTTLS(certificateFile: path, keyFile: bridge.keyPath)
        switch bridge.trustRoots {
        case .file(let file): tls.caFile = file
        case .directory(let directory): tls.caDirectory = directory
        }
        // The session that the cloud keeps for the bridge stays as it is.
        let options = MQTTOptions(
            host: bridge.address.bareHost, port: bridge.address.port, clientID: bridge.remoteClientID,
            username: bridge.remoteUserName, cleanSession: bridge.cleanSession, tls: tls)
        let words = "Waiting for \(bridge.address), for at most 10 seconds."
        let session = try context.broker.connect(
            options, until: deadline, interruption: context.interruption.announcing(words, on: context.console))
        if let deviceType {
            let registration = CheckExchange.registration(bridge.remoteClientID, deviceType)
            _ = try session.publish(
                topic: "s/us", payload: Array(registration.utf8), qos: .atLeastOnce, retain: false, until: deadline)
            try session.waitForDelivery(until: deadline)
        }
        session.disconnect()
    }
}

extension MQTTError {
    /// Whether the other end has ended the connection: before, in or just after the TLS handshake.
    fileprivate var isEndedByPeer: Bool {
        switch self {
        case .tls, .closedBeforeAnswer, .disconnected: true
        default: false
        }
    }

    /// Whether the same may succeed a moment later: what was not reached, or ended without a reason.
    fileprivate var mayBeTransient: Bool {
        switch self {
        case .socket, .silent, .disconnected, .keepAliveExpired, .timedOut: true
        case .refused(_, .serverUnavailable): true
        default: false
        }
    }
}
