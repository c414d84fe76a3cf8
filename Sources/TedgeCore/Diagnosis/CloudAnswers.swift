/// Problems of a cloud that answered, and how to fix them there.
extension Diagnosis {
    /// The bridge is up, but no answer arrived.
    static func silent(_ cloud: Cloud, _ profile: ProfileName?, deviceID: String?) -> Diagnosis {
        let command = "'tedge connect \(cloud.name.words(profile)) --test'"
        let hint =
            switch cloud.check {
            case .reflection:
                "Check that the policy of the device certificate in \(cloud.displayName) lets the device publish to and "
                    + "receive from 'thinedge/devices/\(deviceID ?? "<device id>")/test-connection', then run \(command)."
            case .smartREST, .deviceTwin: "Run \(command) to try again in a minute."
            }
        return Diagnosis(.cloudSilent, "The bridge is up, but \(cloud.displayName) does not answer.", hint: hint)
    }

    /// The cloud answered the request of the check with an error status.
    static func refusedRequest(
        _ cloud: Cloud, _ profile: ProfileName?, _ status: String, deviceID: String?
    ) -> Diagnosis {
        Diagnosis(
            .cloudRefusesRequest, "\(cloud.displayName) answers, but will not send the device twin.",
            seen: "status \(status)",
            hint: "Look at the device '\(deviceID ?? "<device id>")' in \(cloud.displayName), then run 'tedge connect "
                + "\(cloud.name.words(profile)) --test'.")
    }

    /// The cloud accepted the certificate in the TLS handshake but then refused the device.
    static func refusedDevice(
        _ cloud: Cloud, _ profile: ProfileName?, _ attempt: BrokerLog.Attempt, deviceID: String
    ) -> Diagnosis {
        let seen =
            switch attempt {
            case .refused(let reason): "mosquitto's log: 'Connection Refused: \(reason)'"
            case .closed: "mosquitto's log: the connection was closed before an answer"
            }
        let what =
            switch cloud.name {
            case .c8y: "Check that Cumulocity trusts the device certificate and knows no other device of this name"
            case .az: "Register the device '\(deviceID)' with its certificate in Azure"
            case .aws:
                "Check that the device certificate is active in AWS, and that its policy lets the client "
                    + "'\(deviceID)' connect"
            }
        return Diagnosis(
            .deviceRefused, "\(cloud.displayName) refuses the device '\(deviceID)'.", seen: seen,
            hint: "\(what), then run 'tedge connect \(cloud.name.words(profile)) --test'.")
    }
}
