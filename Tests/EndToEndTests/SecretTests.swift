import Glibc
import Testing
import TestSupport

/// Passwords and PINs, with the release executable.
@Suite("secrets", .serialized) struct SecretTests {
    private static let secret = "hunter2-of-nobody"
    private static let keys = [
        "proxy.password", "device.key_pin", "device.cryptoki.pin", "c8y.device.key_pin", "az.device.key_pin",
        "aws.device.key_pin",
    ]

    @Test("a secret setting is printed by get alone, not in lists, errors or logs")
    func settings() throws {
        let gateway = try Gateway()
        for key in Self.keys {
            try gateway.tedge("config", "set", key, Self.secret).expectSuccess()
            #expect(try gateway.tedge("config", "get", key) == Outcome(status: 0, output: Self.secret + "\n"))
        }
        for words in [
            ["config", "list"], ["config", "list", "--all"], ["config", "list", "--json"], ["config", "list", "--doc"],
            ["config", "list", "--debug"], ["doctor", "--json"], ["connect", "c8y", "--debug"],
            ["config", "set", "proxy.password", "\(Self.secret)\n"],
            ["config", "add", "proxy.password", "\(Self.secret)\n"],
            ["config", "set", "proxy.pasword", Self.secret],
            ["config", "set", "proxy.address", "a:\(Self.secret)@host"],
            ["config", "set", "c8y.url", "https://a:\(Self.secret)@host/"],
            ["config", "set", "c8y.url", "a:\(Self.secret)@b"],
            ["config", "set", "c8y.mqtt", "a:\(Self.secret)@b", "--json"], ["cert", "show"],
            ["config", "list", "proxy"],
        ] {
            let outcome = try gateway.run(words)
            #expect(!(outcome.output + outcome.errors).contains("hunter2"), "\(words): \(outcome)")
        }
        #expect(try gateway.tedge("config", "list", "proxy.password").output == "proxy.password=(secret)\n")
    }

    @Test("no program that is started finds a secret in its environment")
    func children() throws {
        let gateway = try Gateway()
        let seen = "\(gateway.directory)/seen"
        try write(
            "#!/bin/sh\n/usr/bin/env >>\(seen)\nexec \(Gateway.services) \"$@\"\n",
            to: "\(gateway.directory)/bin/manager",
            mode: 0o755)
        let toml = try #require(gateway.text("system.toml"))
        try write(
            toml.replacing(Gateway.services, with: "\(gateway.directory)/bin/manager"), to: gateway.path("system.toml"))
        try gateway.tedge("config", "set", "c8y.url", "localhost").expectSuccess()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        var environment = [
            "C8Y_PASSWORD": Self.secret, "C8YPASS": Self.secret, "DEVICE_ONE_TIME_PASSWORD": Self.secret,
        ]
        for key in Self.keys { environment["TEDGE_" + key.uppercased().replacing(".", with: "_")] = Self.secret }
        environment["TEDGE_C8Y_PROFILES_X_DEVICE_KEY_PIN"] = Self.secret
        environment["TEDGE_PROXY_PASWORD"] = Self.secret
        environment["TEDGE_DEVICE_TYPE"] = "of no secret"
        _ = try gateway.run(["connect", "c8y", "--offline"], environment: environment)
        let text = contents(of: seen)
        #expect(text.contains("TEDGE_DEVICE_TYPE=of no secret\n"))
        #expect(!text.contains("hunter2"), "\(text)")
    }

    @Test("the executable looks for libraries in the system's directories alone")
    func libraries() throws {
        let dynamic = try ChildProcess.run("readelf", ["-d", releaseExecutable])
        #expect(dynamic.exit == .status(0) && dynamic.output.contains("(NEEDED)"))
        #expect(!dynamic.output.contains("RUNPATH") && !dynamic.output.contains("RPATH"), "\(dynamic.output)")
        // A library that ends every process that loads it, beside a copy of the executable and in the current directory.
        let gateway = try Gateway()
        let plant = """
            cd "$0"; cp "$1" tedge
            printf '#include <stdlib.h>\\n__attribute__((constructor)) static void f(void) { _Exit(99); }\\n' > plant.c
            clang -shared -fPIC -o libcrypto.so.3 plant.c
            cp libcrypto.so.3 libssl.so.3; cp libcrypto.so.3 libmosquitto.so.1
            TEDGE_CONFIG_DIR="$0/tedge-config" ./tedge cert create --device-id planted 2>&1
            """
        let place = "\(gateway.directory)/plant"
        mkdir(place, 0o755)
        mkdir("\(place)/tedge-config", 0o755)
        mkdir("\(place)/tedge-config/device-certs", 0o755)
        let run = try ChildProcess.run("sh", ["-c", plant, place, releaseExecutable])
        #expect(run.exit == .status(0), "\(run.output)\(run.errors)")
        #expect(run.output.contains("Certificate created successfully"))
    }

    @Test("a prompt for a password that is interrupted ends its line")
    func prompt() throws {
        let gateway = try Gateway()
        try gateway.tedge("config", "set", "c8y.url", "localhost").expectSuccess()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let session = try TerminalSession(
            [releaseExecutable, "cert", "upload", "c8y", "--user", "alice"], environment: gateway.environment)
        try session.wait(for: "Password: ")
        session.type("\u{3}")
        #expect(try session.status() != 0)
        #expect(session.text.hasPrefix("Password: \n"), "\(session.text.debugDescription)")
    }
}
