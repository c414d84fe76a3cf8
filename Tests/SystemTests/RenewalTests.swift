import TestSupport
import Testing

extension SystemTests {
    /// A connected device whose certificate, settings or bridge are renewed.
    @Suite("renewal on a device") struct RenewalTests {
        private static let connected = [
            "mosquitto: active enabled", "tedge-mapper-c8y: active enabled", "tedge-mapper: inactive",
            "tedge-agent: active enabled",
        ]

        private func connected() throws -> PreparedDevice {
            let prepared = try PreparedDevice()
            try #require(try prepared.tedge("connect", "c8y").status == 0)
            return prepared
        }

        @Test("a certificate is renewed, uploaded, and taken by a reconnection, whose lines are the page's")
        func certificate() throws {
            let prepared = try connected()
            let new = "\(PreparedDevice.certificate).new"
            let renewed = try prepared.tedge("cert", "renew", "--ca", "self-signed")
            #expect(renewed.status == 0)
            #expect(renewed.stderr.hasPrefix("Certificate renewed successfully\n    For an un-interrupted service:\n"))
            #expect(try prepared.device.mode(new) == "444")
            #expect(try prepared.device.owner(new) == "mosquitto:mosquitto")
            let contents = try prepared.device.text(new)
            try prepared.cloud.trust(contents)
            let outcome = try prepared.tedge("reconnect", "c8y")
            #expect(outcome.status == 0)
            #expect(
                outcome.stderr == "The new certificate is now the active certificate \(PreparedDevice.certificate)\n")
            let line = "Validating new certificate: \(new)\n\n"
            #expect(outcome.stdout.contains(line))
            #expect(
                outcome.stdout.replacing(line, with: "")
                    == (try page("disconnect").output) + "\n" + (try page("connect").output))
            #expect(try prepared.device.text(PreparedDevice.certificate) == contents)
            #expect(try prepared.device.owner(PreparedDevice.certificate) == "mosquitto:mosquitto")
            #expect(try !prepared.device.exists(new))
            #expect(try prepared.services() == Self.connected)
            #expect(try prepared.tedge("cert", "needs-renewal").status == 1)
        }

        @Test("a reconnection that fails leaves the connection and the services that there were")
        func rollBack() throws {
            let prepared = try connected()
            // mosquitto cannot be started a second time: it fails where the new bridge is to be taken.
            try prepared.device.ask([
                "sh", "-c",
                """
                mkdir -p /etc/systemd/system/mosquitto.service.d && printf '[Service]\\nExecStartPre=/bin/sh -c \
                "test -e /etc/tedge/mosquitto-conf/c8y-bridge.conf.unfinished || exit 0; test ! -e \
                /etc/tedge/mosquitto-conf/c8y-bridge.conf"\\n' >/etc/systemd/system/mosquitto.service.d/test.conf &&
                systemctl daemon-reload
                """,
            ])
            let before = try prepared.snapshot()
            let outcome = try prepared.tedge("reconnect", "c8y")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.hasPrefix("Error: failed to reconnect Cumulocity cloud.\n"))
            #expect(try prepared.snapshot() == before)
            #expect(try prepared.services() == Self.connected)
            #expect(try prepared.hasLocalMQTT())
            #expect(eventually { (try? prepared.tedge("connect", "c8y", "--test").status) == 0 })
        }

        @Test("bridges are refreshed where the settings have changed, and mosquitto is left alone where they have not")
        func refresh() throws {
            let prepared = try connected()
            let begin = { try prepared.device.ask(["systemctl", "show", "--property=MainPID", "mosquitto"]) }
            let first = try begin()
            let nothing = try prepared.tedge("refresh-bridges")
            #expect(nothing.status == 0 && nothing.stdout == "All bridges match the settings.\n")
            #expect(try begin() == first)
            try prepared.device.ask(["tedge", "config", "set", "c8y.bridge.keepalive_interval", "42s"])
            let outcome = try prepared.tedge("refresh-bridges")
            #expect(outcome.status == 0 && outcome.stderr == "")
            #expect(try prepared.device.text(PreparedDevice.bridge).contains("\nkeepalive_interval 42\n"))
            #expect(try begin() != first)
            #expect(try prepared.services() == Self.connected)
            #expect(eventually { (try? prepared.tedge("connect", "c8y", "--test").status) == 0 })
        }
    }
}
