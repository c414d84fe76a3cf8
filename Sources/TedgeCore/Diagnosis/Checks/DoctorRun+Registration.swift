import TLS

/// Whether the device still exists in the cloud.
extension DoctorRun {
    /// Asks the tenant for the device by its external id (Cumulocity, "Identity API"), with a token that it sends over the
    /// bridge. The question changes nothing there.
    func deviceRegistered() -> CheckOutcome {
        guard let plan = try? plan.get(), let deviceID = try? plan.builder.deviceID(),
            let target = try? WebTarget(plan.builder.settings)
        else { return .skipped("the device has no id") }
        // Without one in the conversation, another question would only take time.
        guard case .tenant? = findings().answer,
            let token = try? DeviceToken(inputs: plan, context: context).request()
        else {
            return .skipped("Cumulocity sends no token with which it could be asked")
        }
        let value = token.withBytes { "Bearer \(String(decoding: $0, as: UTF8.self))" }
        let path = "/identity/externalIds/c8y_Serial/\(Self.segment(deviceID))"
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try context.web.send(
                HTTPRequest("GET", path, headers: [(name: "Authorization", value: value)]), to: target,
                until: end(after: 2), interruption: context.interruption)
        } catch {
            return .skipped("\(target.endpoint) does not answer: \(error)")
        }
        switch answer.status {
        case 200: return .ok(deviceID)
        case 404:
            return .error(
                Diagnosis(
                    .deviceGone,
                    "Cumulocity trusts the certificate of '\(deviceID)' and has no such device: it was deleted there, "
                        + "or never registered.",
                    seen: "\(target.endpoint) answers 404 for the external id '\(deviceID)'",
                    hint: "Run '\(reconnectCommand)' to register it again; if the device is to stay away, "
                        + "'\(disconnectCommand)'."))
        default: return .skipped("\(target.endpoint) answers \(answer.statusText)")
        }
    }

    /// A text as a segment of a path (RFC 3986, section 3.3).
    static func segment(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        let plain = text.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: [byte]
            default: [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
