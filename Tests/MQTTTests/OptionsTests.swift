import Testing

@testable import MQTT

@Suite("Options")
struct OptionsTests {
    private func check(_ name: String, _ change: (inout MQTTOptions) -> Void) {
        var options = MQTTOptions(host: "localhost", port: 1883, clientID: "x")
        change(&options)
        let error = #expect(throws: MQTTError.self) { try MQTTClient(options) }
        guard case .invalidOption(let found, _)? = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
        #expect(found == name)
    }

    @Test("an option that libmosquitto would cut off or refuse is named before anything is sent")
    func invalid() {
        check("host") { $0.host = "" }
        check("host") { $0.host = "a\u{0}b" }
        check("port") { $0.port = 0 }
        check("client id") { $0.clientID = "" }
        check("client id") { $0.clientID = "a\u{0}b" }
        check("client id") { $0.clientID = "a\nb" }
        check("keep-alive time") { $0.keepAlive = 4 }
        check("keep-alive time") { $0.keepAlive = 65_536 }
        check("in-flight window") { $0.inFlightWindow = 0 }
        check("user name") { $0.username = "a\u{0}b" }
        check("password") { $0.password = [1] }
        check("client certificate") { $0.tls = MQTTTLS(certificateFile: "c.pem") }
        check("client certificate") { $0.tls = MQTTTLS(keyFile: "k.pem") }
    }

    @Test("a password may have any bytes except null")
    func password() throws {
        var options = MQTTOptions(host: "localhost", port: 1883, clientID: "x", username: "u", password: [0xFF, 0x80])
        #expect(throws: Never.self) { try MQTTClient(options) }
        options.password = [1, 0, 2]
        #expect(throws: MQTTError.invalidOption(name: "password", reason: "must not contain a null byte")) {
            try MQTTClient(options)
        }
    }

    @Test("the limits of the keep-alive time are accepted", arguments: [5, 65_535])
    func keepAlive(seconds: Int) throws {
        let options = MQTTOptions(host: "localhost", port: 1883, clientID: "x", keepAlive: seconds)
        #expect(try MQTTClient(options).isConnected == false)
    }

    @Test("nothing can be sent or received without a connection")
    func notConnected() throws {
        let client = try MQTTClient(MQTTOptions(host: "localhost", port: 1883, clientID: "x"))
        #expect(throws: MQTTError.notConnected) { try client.publish(topic: "a", payload: []) }
        #expect(throws: MQTTError.notConnected) { try client.subscribe([("a", .atMostOnce)], until: later) }
        #expect(throws: MQTTError.notConnected) { try client.nextMessage(until: later) }
        #expect(throws: MQTTError.notConnected) { try client.receive(until: later) { _, _, _ in true } }
        #expect(throws: MQTTError.notConnected) { try client.waitForDelivery(until: later) }
        client.disconnect()
    }

    @Test("a library that is not installed is an error that names the package")
    func libraryMissing() {
        let error = #expect(throws: MQTTError.self) { try MosquittoLibrary(fileName: "libmosquitto.so.none") }
        guard case .libraryMissing(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("libmosquitto.so.none"))
        #expect(error?.description.hasSuffix("Install it with: apt install libmosquitto1") == true)
    }

    @Test("a library without the functions is an error that names the first one missing")
    func wrongLibrary() {
        let error = #expect(throws: MQTTError.self) { try MosquittoLibrary(fileName: "libm.so.6") }
        guard case .libraryMissing(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("mosquitto_lib_init"))
    }
}
