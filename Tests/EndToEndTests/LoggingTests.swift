import Testing
import TestSupport

@Suite("--debug and --log-level", .serialized) struct LoggingTests {
    @Test("say on stderr what is done, and change nothing else; passwords, tokens and keys are not said")
    func levels() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let upload = try gateway.tedge(
            "--debug", "cert", "upload", "c8y", "--user", "alice", environment: ["C8Y_PASSWORD": "secret"])
        #expect(upload.status == 0 && upload.output == "Certificate uploaded successfully.\n")
        let requests = upload.errors.split(separator: "\n").filter { $0.contains("https://localhost:") }
        #expect(requests.count == 2)
        #expect(requests.first?.contains("debug: GET") == true && requests.first?.contains(": status 200, ") == true)
        #expect(!upload.errors.contains("secret"))

        let info = try gateway.tedge("connect", "c8y", "--log-level", "INFO")
        #expect(info.status == 0)
        #expect(info.errors.contains("info: write \(gateway.path("mosquitto-conf/c8y-bridge.conf")) ("))
        #expect(info.errors.contains(" restart mosquitto: status 0, "))
        #expect(!info.errors.contains("debug: "))
        try gateway.tedge("disconnect", "c8y").expectSuccess()
        #expect(try gateway.tedge("connect", "c8y").output == info.output)

        let test = try gateway.tedge("connect", "c8y", "--test", "--log-level", "trace")
        #expect(test.status == 0)
        #expect(test.errors.contains(" bytes from c8y/s/dat, "))
        // The beginning of every token, and of every certificate and key.
        #expect(!test.errors.contains("eyJ") && !test.errors.contains("-----BEGIN"))
        #expect(try gateway.tedge("connect", "c8y", "--test").errors == "")
    }

    @Test("error leaves warnings out, and a level that does not exist is wrong usage")
    func fewer() throws {
        let gateway = try Gateway()
        try write("[c8y]\nurl = \"example.com\"\nnonsense = 1\n", to: gateway.path("tedge.toml"))
        #expect(try gateway.tedge("config", "get", "c8y.url").errors.contains("nonsense"))
        let quiet = try gateway.tedge("config", "get", "c8y.url", "--log-level", "error")
        #expect(quiet == Outcome(status: 0, output: "example.com\n"))
        let wrong = try gateway.tedge("config", "get", "c8y.url", "--log-level", "warning")
        #expect(wrong.status == 2 && wrong.errors.contains("error, warn, info, debug, trace"))
    }
}
