import TestSupport
import Testing

extension SystemTests {
    /// The transcripts of the user's page, to the letter, on a device with systemd.
    @Suite("the user's page on a device") struct PageTests {
        @Test(
            "a device that the cloud has never seen is connected at the first try, and its services start with the device"
        )
        func connect() throws {
            let prepared = try PreparedDevice()
            let (device, bridge) = (prepared.device, PreparedDevice.bridge)
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(
                try prepared.services() == [
                    "mosquitto: active enabled", "tedge-mapper-c8y: active enabled", "tedge-mapper: inactive",
                    "tedge-agent: active enabled",
                ])
            for file in [bridge, PreparedDevice.listener] {
                #expect(try device.mode(file) == "644")
                #expect(try device.owner(file) == "root:root")
            }
            #expect(try device.mode(PreparedDevice.certificate) == "444")
            #expect(try device.mode(PreparedDevice.key) == "400")
            #expect(try device.owner(PreparedDevice.key) == "mosquitto:mosquitto")
            #expect(try device.text("/etc/tedge/tedge.toml").contains("built_in = false\n"))
            #expect(try prepared.hasLocalMQTT())

            let test = try prepared.tedge("connect", "c8y", "--test")
            #expect(test.stdout.hasSuffix("Connection check to c8y cloud is successful.\n"))
            #expect(test.status == 0 && test.stderr == "")

            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 1, try page("established")))
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
            #expect(try !device.exists(bridge))
            #expect(try device.exists(PreparedDevice.listener))
            #expect(
                try prepared.services() == [
                    "mosquitto: active enabled", "tedge-mapper-c8y: inactive disabled", "tedge-mapper: inactive",
                    "tedge-agent: active enabled",
                ])
            #expect(try prepared.hasLocalMQTT())
            let nothing = "Removing Cumulocity bridge.\n\nBridge doesn't exist. Operation finished!\n"
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, stdout: nothing, stderr: ""))
        }

        @Test("without the setting it says which, and how to set it")
        func missingSetting() throws {
            let device = try Device.fresh()
            #expect(try device.run(["tedge", "connect", "c8y"]) == Outcome(status: 1, try page("missing-setting")))
            let after = try device.run(["ls", "/etc/tedge"])
            #expect(after.status == 2 && after.stderr.contains("No such file"))
        }

        @Test("a cloud that does not answer leaves a bridge, and says why")
        func silentCloud() throws {
            let prepared = try PreparedDevice()
            try prepared.cloud.misbehave("silent")
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.stdout == (try page("unanswered").output))
            #expect(outcome.stderr.hasPrefix("Cause: The bridge is up, but Cumulocity does not answer.\n"))
            #expect(outcome.status == 4)
            #expect(try prepared.device.exists(PreparedDevice.bridge))
            #expect(
                try prepared.services()[0...1] == ["mosquitto: active enabled", "tedge-mapper-c8y: active enabled"])
        }

        @Test("a user without root is told the file, in three causes")
        func permissions() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            let before = try prepared.snapshot()
            let outcome = try prepared.device.run(["tedge", "connect", "c8y"], user: "operator")
            let expected = Outcome(status: 1, try page("permissions"))
            #expect(outcome.status == 1 && outcome.stdout == expected.stdout)
            #expect(outcome.stderr == expected.stderr + "\nHint: Run the command with sudo.\n")
            #expect(try prepared.snapshot() == before)
        }

        @Test("a directory that even its owner cannot write is told in the same words")
        func closedDirectory() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try prepared.device.ask(["chown", "operator", "/etc/tedge/mosquitto-conf"])
            try prepared.device.ask(["chmod", "555", "/etc/tedge/mosquitto-conf"])
            let outcome = try prepared.device.run(["tedge", "connect", "c8y"], user: "operator")
            #expect(outcome == Outcome(status: 1, try page("permissions")))
        }

        @Test("without mosquitto it says so, and nothing is left behind")
        func noMosquitto() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask([
                "sh", "-c", "rm /lib/systemd/system/mosquitto.service /etc/init.d/mosquitto; systemctl daemon-reload",
            ])
            let before = try prepared.snapshot()
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 1, try page("no-mosquitto")))
            #expect(try prepared.snapshot() == before)
            #expect(try prepared.device.activity(of: "tedge-mapper-c8y") == "inactive")
        }

        @Test("the prompt of the upload is answered on the terminal")
        func upload() throws {
            let prepared = try PreparedDevice(isTrusted: false)
            let dialogue = """
                import os, pty, sys
                pid, terminal = pty.fork()
                if pid == 0:
                    os.execvp("tedge", ["tedge", "cert", "upload", "c8y", "--user", "alice"])
                seen = b""
                while b"Password: " not in seen:
                    seen += os.read(terminal, 100)
                os.write(terminal, b"secret\\n")
                while True:
                    try:
                        more = os.read(terminal, 100)
                    except OSError:
                        break
                    if not more:
                        break
                    seen += more
                sys.stdout.write(seen.decode().replace("\\r", ""))
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                """
            let outcome = try prepared.device.run(["/usr/bin/python3", "-c", dialogue])
            #expect(outcome.stdout == "Password: \nCertificate uploaded successfully.\n")
            #expect(outcome.status == 0 && outcome.stderr == "")
            try prepared.device.ask(["tedge", "connect", "c8y"])
        }
    }
}
