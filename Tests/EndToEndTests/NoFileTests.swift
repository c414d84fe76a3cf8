import Glibc
import TestSupport
import Testing

/// Pipes, devices and what is endless where the program looks for files: every command ends, says what it is, and what to type.
@Suite("what is no file", .serialized) struct NoFileTests {
    private let gateway: Gateway
    private static let hint = "to look at it, and put a file there or name another one."

    init() throws {
        gateway = try Gateway(mapper: false)
        try gateway.tedge("config", "set", "c8y.url", "localhost").expectSuccess()
        try gateway.tedge("cert", "create", "--device-id", "plain-1").expectSuccess()
    }

    /// Puts a FIFO that somebody holds open, so that to read it never ends, in place of a file.
    private func pipe(_ path: String) throws -> Int32 {
        unlink(path)
        guard mkfifo(path, 0o666) == 0 else { throw TestFailure("mkfifo \(path)") }
        return open(path, O_RDWR | O_CLOEXEC)
    }

    private func expectRefusal(_ words: [String], _ path: String, _ kind: String = "a FIFO") throws {
        let outcome = try gateway.run(words, environment: ["C8Y_PASSWORD": "x"])
        let told = outcome.output + outcome.errors
        #expect(outcome.status == 1, "\(words) \(outcome)")
        #expect(told.contains("it is \(kind), not a file"), "\(words) \(outcome)")
        #expect(told.contains(path), "\(words) \(outcome)")
        #expect(told.contains("Hint: "), "\(words) \(outcome)")
    }

    @Test("settings", arguments: ["tedge.toml", "mappers/c8y/mapper.toml"])
    func settings(_ name: String) throws {
        mkdir(gateway.path("mappers"), 0o755)
        mkdir(gateway.path("mappers/c8y"), 0o755)
        let writer = try pipe(gateway.path(name))
        defer { close(writer) }
        for words in [
            ["config", "get", "c8y.url"], ["config", "list"], ["config", "set", "c8y.url", "a.example.com"],
            ["config", "upgrade"], ["connect", "c8y", "--offline"], ["doctor", "c8y"], ["cert", "show"],
        ] {
            try expectRefusal(words, gateway.path(name))
        }
    }

    @Test("system.toml")
    func system() throws {
        let writer = try pipe(gateway.path("system.toml"))
        defer { close(writer) }
        for words in [["connect", "c8y", "--offline"], ["disconnect", "c8y"], ["doctor", "c8y"]] {
            guard words != ["disconnect", "c8y"] else { continue }
            try expectRefusal(words, gateway.path("system.toml"))
        }
    }

    @Test("certificate and key", arguments: ["tedge-certificate.pem", "tedge-private-key.pem"])
    func pair(_ name: String) throws {
        let writer = try pipe(gateway.path("device-certs/\(name)"))
        defer { close(writer) }
        for words in [["connect", "c8y", "--offline"], ["doctor", "c8y"]] {
            try expectRefusal(words, gateway.path("device-certs/\(name)"))
        }
    }

    @Test("roots of trust, a file or one that OpenSSL looks up in a directory", arguments: [true, false])
    func roots(_ isFile: Bool) throws {
        let directory = "\(gateway.directory)/roots"
        mkdir(directory, 0o755)
        let path = "\(directory)/0a1b2c3d.0"
        let writer = try pipe(path)
        defer { close(writer) }
        try gateway.tedge("config", "set", "c8y.root_cert_path", isFile ? path : directory).expectSuccess()
        try expectRefusal(["cert", "upload", "c8y", "--user", "a"], path)
        let outcome = try gateway.tedge("doctor", "c8y", "--only", "trust-roots")
        #expect(outcome.status == 1 && outcome.output.contains(path), "\(outcome)")
    }

    @Test("what the programs of this device show the broker")
    func broker() throws {
        let path = "\(gateway.directory)/ca"
        let writer = try pipe(path)
        defer { close(writer) }
        for key in ["ca_file", "password_file"] {
            try gateway.tedge("config", "set", "mqtt.client.auth.\(key)", path).expectSuccess()
            try expectRefusal(["mqtt", "pub", "a", "b"], path)
            try gateway.tedge("config", "unset", "mqtt.client.auth.\(key)").expectSuccess()
        }
    }

    @Test("a device, and a file of terabytes of nothing")
    func devices() throws {
        let path = gateway.path("tedge.toml")
        unlink(path)
        #expect(symlink("/dev/zero", path) == 0)
        try expectRefusal(["config", "get", "c8y.url"], path, "a device")
        unlink(path)
        #expect(symlink("/dev/null", path) == 0)
        #expect(try gateway.tedge("config", "get", "device.type").output == "thin-edge.io\n")
        unlink(path)
        try write("", to: path)
        #expect(truncate(path, 1 << 40) == 0)
        let outcome = try gateway.tedge("config", "get", "c8y.url")
        #expect(outcome.status == 1 && outcome.errors.contains("File too large"), "\(outcome)")
    }

    @Test("what a person hands over is read: stdin, <(command), a FIFO that somebody writes")
    func streams() throws {
        let certificate = gateway.path("device-certs/tedge-certificate.pem")
        let script = """
            set -e
            cat "$1" | "$0" cert show --cert-path /dev/stdin
            "$0" cert show --cert-path <(cat "$1")
            mkfifo "$2"; cat "$1" >"$2" & "$0" cert show --cert-path "$2" || "$0" cert show --cert-path "$1"
            wait
            """
        let shown = try ChildProcess.run(
            "bash", ["-c", script, releaseExecutable, certificate, "\(gateway.directory)/pipe"],
            environment: gateway.environment)
        #expect(shown.exit == .status(0), "\(shown)")
        #expect(
            shown.output.split(separator: "\n").count { $0.hasPrefix("Subject:       CN=plain-1") } == 3, "\(shown)")
        let upload = try gateway.tedge(
            "cert", "upload", "c8y", "--user", "a", "--password-file", "/dev/stdin", input: "\n")
        #expect(upload.errors.contains("the first line is empty"), "\(upload)")
    }
}

/// What a file says is shown as it is in a pipe, and harmless on a terminal.
@Suite("values on a terminal", .serialized) struct TerminalValueTests {
    @Test("config get and list escape what a terminal obeys or hides, and leave it in a pipe")
    func values() throws {
        let gateway = try Gateway(mapper: false)
        let value = "a\u{202E}b\u{2066}c\u{FEFF}d\u{E0041}e\u{200F}f"
        try write("[device]\ntype = \"\(value)\"\n", to: gateway.path("tedge.toml"))
        let shown = "a\\u{202e}b\\u{2066}c\\u{feff}d\\u{e0041}e\\u{200f}f"
        for words in [["config", "get", "device.type"], ["config", "list", "device.type"]] {
            let piped = try gateway.run(words)
            #expect(piped.output.hasSuffix("\(value)\n"), "\(piped)")
            let session = try TerminalSession([releaseExecutable] + words, environment: gateway.environment)
            #expect(try session.status() == 0)
            #expect(session.text.hasSuffix("\(shown)\n"), "\(session.text.debugDescription)")
        }
    }
}

/// A directory that cannot be read to its end is not an empty one.
@Suite("a disk that fails", .serialized) struct FailingDirectoryTests {
    @Test(
        "an error in the middle of a directory of settings is told", .enabled(if: access("/usr/bin/strace", X_OK) == 0))
    func list() throws {
        let gateway = try Gateway(mapper: false)
        mkdir(gateway.path("mappers"), 0o755)
        for words in [["config", "list"], ["config", "get", "c8y.url"], ["connect", "c8y", "--offline"]] {
            let outcome = try ChildProcess.run(
                "strace",
                [
                    "-f", "-qq", "-o", "/dev/null", "-P", gateway.path("mappers"), "-e", "inject=getdents64:error=EIO",
                    releaseExecutable,
                ] + words,
                environment: gateway.environment)
            #expect(outcome.exit == .status(1), "\(words) \(outcome)")
            #expect(outcome.errors.contains("Cannot read \(gateway.path("mappers"))"), "\(words) \(outcome)")
            #expect(outcome.errors.contains("Input/output error (os error 5)"), "\(words) \(outcome)")
        }
    }
}

/// A device with as many profiles as a file of settings can hold.
@Suite("thousands of profiles", .serialized) struct ManyProfilesTests {
    private let gateway: Gateway
    private let before: String

    init() throws {
        gateway = try Gateway(mapper: false)
        let tables = (0..<22_000).map { "[c8y.profiles.p\($0)]\nurl = \"h\($0).exampl.io\"\n" }.joined()
        try write(tables, to: gateway.path("tedge.toml"))
        before = try gateway.snapshot()
    }

    @Test("config upgrade ends when it is asked to, and everything is as before", .timeLimit(.minutes(5)))
    func interruption() throws {
        let (output, errors) = ("\(gateway.directory)/output", "\(gateway.directory)/errors")
        let process = try ChildProcess(
            releaseExecutable, ["config", "upgrade"], environment: gateway.environment, output: output, errors: errors)
        guard eventually({ access(gateway.path("mappers/c8y.p100/mapper.toml"), F_OK) == 0 }) else {
            throw TestFailure("nothing is moved: \(contents(of: errors))")
        }
        process.send(SIGTERM)
        #expect(try process.waitForExit() == .status(1))
        #expect(contents(of: errors).contains("Interrupted by SIGTERM"))
        #expect(try gateway.snapshot() == before)
    }

    @Test("config list ends when it is asked to", .timeLimit(.minutes(5)))
    func list() throws {
        let errors = "\(gateway.directory)/errors"
        let process = try ChildProcess(
            releaseExecutable, ["config", "list"], environment: gateway.environment, errors: errors)
        usleep(300_000)
        process.send(SIGINT)
        #expect(try process.waitForExit() == .status(1))
        #expect(contents(of: errors).contains("Interrupted by SIGINT"))
    }
}
