import Glibc
import Testing
import TestSupport

/// The page that the command is made for, line by line.
@Suite("the user's page", .serialized) struct PageTests {
    @Test("a new device is set up, connected, tested and disconnected")
    func wholePage() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        #expect(
            try gateway.tedge("cert", "upload", "c8y", "--user", "alice", environment: ["C8Y_PASSWORD": "secret"])
                == Outcome(status: 0, output: "Certificate uploaded successfully.\n"))

        let connect = try gateway.tedge("connect", "c8y")
        #expect(connect == Outcome(status: 0, try page("connect")))
        #expect(gateway.isListening)
        #expect(
            gateway.calls == [
                "available", "is-active mosquitto", "restart mosquitto", "enable mosquitto",
                "is-active tedge-mapper-c8y",
                "start tedge-mapper-c8y", "enable tedge-mapper-c8y", "available", "is-active tedge-mapper-c8y",
            ])

        let test = try gateway.tedge("connect", "c8y", "--test")
        #expect(test.output == connect.output.lastPart + "Connection check to c8y cloud is successful.\n")
        #expect(test.errors == "" && test.status == 0)

        #expect(try gateway.tedge("connect", "c8y") == Outcome(status: 1, try page("established")))

        #expect(try gateway.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf") == nil)
        #expect(gateway.text("mosquitto-conf/tedge-mosquitto.conf") != nil)
        #expect(gateway.isListening)

        let nothing = try gateway.tedge("disconnect", "c8y")
        #expect(
            nothing
                == Outcome(
                    status: 0, output: "Removing Cumulocity bridge.\n\nBridge doesn't exist. Operation finished!\n"))
    }

    @Test("a missing setting is named with the command that sets it")
    func missingSetting() throws {
        let gateway = try Gateway()
        #expect(try gateway.tedge("connect", "c8y") == Outcome(status: 1, try page("missing-setting")))
        #expect(gateway.calls == [])
    }

    @Test("a cloud that does not answer leaves the bridge, warns and says why")
    func silentCloud() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try cloud.misbehave("silent")
        let outcome = try gateway.tedge("connect", "c8y", "--timeout", "2")
        #expect(
            outcome.output == (try page("unanswered").output.replacing("up to 10 seconds", with: "up to 2 seconds")))
        #expect(outcome.errors.hasPrefix("Cause: The bridge is up, but Cumulocity does not answer.\n"))
        #expect(outcome.status == 4)
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf") != nil)
        #expect(gateway.isListening)
    }

    @Test("a directory that cannot be written is named with its three causes")
    func permissions() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        chmod(gateway.path("mosquitto-conf"), 0o555)
        let before = try gateway.snapshot()
        let stranger = try gateway.runAsStranger(["connect", "c8y"])
        let expected = Outcome(status: 1, try page("permissions"))
        // Who does not own the directory is told to use sudo; as another user than root one does own it here.
        let hint = geteuid() == 0 ? "\nHint: Run the command with sudo.\n" : ""
        #expect(stranger.output == expected.output && stranger.status == 1)
        #expect(stranger.errors.replacing(gateway.configuration, with: "/etc/tedge") == expected.errors + hint)
        #expect(try gateway.snapshot() == before)
        if geteuid() == 0 { chown(gateway.path("mosquitto-conf"), 65534, 65534) }
        let outcome = try gateway.runAsStranger(["connect", "c8y"])
        #expect(outcome.output == expected.output && outcome.status == 1)
        #expect(outcome.errors.replacing(gateway.configuration, with: "/etc/tedge") == expected.errors)
        #expect(try gateway.snapshot() == before)
        chmod(gateway.path("mosquitto-conf"), 0o755)
    }

    @Test("a mosquitto that is not installed is said so, and the files are as before")
    func noMosquitto() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.fail(
            "restart.mosquitto", status: 5,
            saying: "Failed to restart mosquitto.service: Unit mosquitto.service not found.")
        let before = try gateway.snapshot()
        #expect(try gateway.tedge("connect", "c8y") == Outcome(status: 1, try page("no-mosquitto")))
        #expect(try gateway.snapshot() == before)
    }
}
