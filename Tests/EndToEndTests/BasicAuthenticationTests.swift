import Glibc
import TestSupport
import Testing

/// Devices that prove themselves with a user name and password.
@Suite("basic authentication") struct BasicAuthenticationTests {
    /// A gateway without a certificate, and a cloud that knows its password.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init(password: String = "secret", method: String = "basic") throws {
            (cloud, gateway) = (try StandInCloud(passwords: true), try Gateway())
            try gateway.configure(for: cloud)
            for (key, value) in [
                ("c8y.mqtt", "localhost:\(cloud.passwordPort ?? 0)"), ("c8y.auth_method", method),
                ("device.id", "gateway-1"),
            ] {
                try gateway.tedge("config", "set", key, value).expectSuccess()
            }
            try store(password)
        }

        func store(_ password: String) throws {
            let path = gateway.path("credentials.toml")
            try write("[c8y]\nusername = \"t12345/alice\"\npassword = \"\(password)\"\n", to: path)
            chmod(path, 0o600)
        }
    }

    @Test("such a device is connected, tested, reconnected and disconnected", arguments: ["basic", "auto"])
    func whole(method: String) throws {
        let ready = try Ready(method: method)
        let gateway = ready.gateway
        #expect(try gateway.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
        let bridge = try #require(gateway.text("mosquitto-conf/c8y-bridge.conf"))
        #expect(bridge.contains("\nremote_username t12345/alice\nremote_password secret\n"))
        let mode = try ChildProcess.run("stat", ["-c", "%a", gateway.path("mosquitto-conf/c8y-bridge.conf")]).output
        #expect(mode == (geteuid() == 0 ? "640\n" : "600\n"))
        let test = try gateway.tedge("connect", "c8y", "--test")
        #expect(test.status == 0 && test.errors == "")
        #expect(try gateway.tedge("reconnect", "c8y").status == 0)
        let doctor = try gateway.tedge("doctor", "c8y")
        #expect(doctor.status == 0)
        #expect(doctor.output.contains("ok       credentials: user t12345/alice\n"))
        #expect(doctor.output.contains("ok       credentials-accepted: they are accepted\n"))
        #expect(!doctor.output.contains("certificate: the device"))
        #expect(
            try gateway.tedge("doctor", "c8y", "--only", "certificate").output.hasPrefix(
                "skipped  certificate: the device has a password\n"))
        #expect(try gateway.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
    }

    @Test("a wrong password is told, by connect, its test and the doctor; a reconnection with the right one mends it")
    func wrongPassword() throws {
        let ready = try Ready(password: "s3cret-but-wrong")
        let connect = try ready.gateway.tedge("connect", "c8y", "--timeout", "4")
        let cause = "Cumulocity does not accept the user name and password of this device."
        #expect(connect.status == 4)
        #expect(connect.errors.hasPrefix("Cause: \(cause)\nSeen: user t12345/alice: "))
        let test = try ready.gateway.tedge("connect", "c8y", "--test", "--timeout", "2")
        #expect(test.status == 1 && test.errors.contains(cause))
        let doctor = try ready.gateway.tedge("--json", "doctor", "c8y")
        #expect(doctor.status == 1 && doctor.output.contains("credentials-refused"))
        for outcome in [connect, test, doctor] {
            #expect(!(outcome.output + outcome.errors).contains("s3cret-but-wrong"))
        }
        try ready.store("secret")
        #expect(try ready.gateway.tedge("reconnect", "c8y").status == 0)
    }

    @Test("without the file, or with one that is broken, nothing is done")
    func noCredentials() throws {
        let ready = try Ready()
        unlink(ready.gateway.path("credentials.toml"))
        let before = try ready.gateway.snapshot()
        let missing = try ready.gateway.tedge("connect", "c8y")
        #expect(missing.status == 1 && missing.output == "")
        #expect(
            missing.errors.replacing(ready.gateway.configuration, with: "/etc/tedge") == """
                Error: failed to create bridge to connect Cumulocity cloud.

                Caused by:
                    0: Failed to read the basic auth credentials file. file=/etc/tedge/credentials.toml
                    1: No such file or directory (os error 2)

                Hint: Write into /etc/tedge/credentials.toml, readable by root alone:
                      [c8y]
                      username = "<tenant>/<user>"
                      password = "<password>"

                """)
        #expect(try ready.gateway.snapshot() == before)
        #expect(ready.gateway.calls == [])
    }
}
