import Glibc
import TestSupport
import Testing

/// A connect that is killed leaves no file with the password where only temporary files are.
@Suite("kills with a password", .serialized) struct KilledWithPasswordTests {
    private static let password = "pw-\(UInt64.random(in: .min ... .max))"

    /// The files that have the password, of those that changed after `stamp` was made.
    private func files(_ directories: [String], since stamp: String, except: String) throws -> [String] {
        let look = """
            stamp=$1; except=$2; word=$3; shift 3
            find "$@" -xdev -path "$except" -prune -o -type f -size -1000k -newer "$stamp" -print 2>/dev/null |
                while read -r file; do grep -lF -e "$word" "$file" 2>/dev/null; done
            """
        let found = try ChildProcess.run("sh", ["-c", look, "sh", stamp, except, Self.password] + directories)
        return found.output.split(separator: "\n").map(String.init).sorted()
    }

    @Test("neither outside the settings' directory, nor in it but for its own files after the next command")
    func killed() throws {
        let gateway = try Gateway(mapper: false)
        let stamp = try TemporaryDirectory()
        try write("", to: stamp.file("stamp"))
        for (key, value) in [
            ("c8y.url", "localhost"), ("c8y.auth_method", "basic"), ("device.id", "gateway-1"),
        ] {
            try gateway.tedge("config", "set", key, value).expectSuccess()
        }
        let credentials = gateway.path("credentials.toml")
        try write("[c8y]\nusername = \"t1/alice\"\npassword = \"\(Self.password)\"\n", to: credentials)
        chmod(credentials, 0o600)
        let bridge = gateway.path("mosquitto-conf/c8y-bridge.conf")
        let connect = ["connect", "c8y", "--offline"]
        let start = ContinuousClock.now
        let whole = try gateway.run(connect)
        let time = start.duration(to: .now)
        try whole.expectSuccess()
        try #require(contents(of: bridge).contains(Self.password))
        try gateway.tedge("disconnect", "c8y").expectSuccess()
        var kills = 0
        for round in 0..<24 {
            let process = try ChildProcess(releaseExecutable, connect, environment: gateway.environment)
            let end = ContinuousClock.now + time * round / 24
            while ContinuousClock.now < end, process.ended() == nil { usleep(200) }
            if process.ended() == nil { kills += 1 }
            process.kill()
            let outside = ["/tmp", "/var/tmp", "/dev/shm", "/run"]
            #expect(try files(outside, since: stamp.file("stamp"), except: gateway.directory) == [])
            // Whether there is something to disconnect depends on the moment.
            _ = try gateway.tedge("disconnect", "c8y")
            let inside = try files([gateway.directory], since: stamp.file("stamp"), except: "/nowhere")
            #expect(inside == [credentials])
        }
        #expect(kills > 0)
    }
}
