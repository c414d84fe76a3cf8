import FuzzSupport
import MQTT

@testable import TLS
@testable import TedgeCore

/// Reads the input as what a cloud says: by its first byte a message of SmartREST, a token, the payload of a token, or the
/// answer to an upload.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    let kind = input.byte()
    let bytes = input.all()
    switch kind & 7 {
    case 0: message("c8y/s/e", bytes)
    case 1: message("c8y/s/dat", bytes)
    case 2: token(String(decoding: bytes, as: UTF8.self))
    case 3: token("e30.\(base64URL(bytes)).x")
    case 4: issuer(String(decoding: bytes, as: UTF8.self))
    default: upload(kind, bytes)
    }
    return 0
}

private let exchange = CheckExchange(
    CheckValues(
        cloud: .cumulocity, deviceID: "gw", deviceType: "thin-edge.io", prefix: "c8y", healthTopic: "health", hosts: [],
        broker: MQTTOptions(host: "127.0.0.1", port: 1, clientID: "c"), limit: .seconds(1)), requestID: "tedge-1")

private func message(_ topic: String, _ payload: [UInt8]) {
    func answer(_ payload: [UInt8]) -> CheckExchange.Answer? {
        exchange.answer(MQTTMessage(topic: topic, payload: payload, isRetained: false))
    }
    let alone = answer(payload)
    let line = payload.prefix { $0 != 10 && $0 != 13 }
    require(answer(Array(line)) == alone, "of a message the first line counts")
    for end in ["\n", "\r\n", "\n.", "\r\n\u{301}"] {
        require(answer(Array(line) + Array(end.utf8)) == alone, "further lines change nothing")
    }
    if topic == "c8y/s/e" {
        let text = Array("41,100".utf8)
        let isAnswer = line.starts(with: text) && (line.count == 6 || line.dropFirst(6).first == UInt8(ascii: ","))
        require((alone == .cloudWithMore) == isAnswer, "41 for message 100 is the answer, and nothing else is")
    } else {
        require((alone != nil) == line.starts(with: "71,".utf8), "71 brings a token, and nothing else does")
    }
}

private func token(_ text: String) {
    guard let issuer = TokenIssuer.issuer(ofToken: text) else { return }
    let host = TokenIssuer.host(of: issuer)
    require(!host.unicodeScalars.contains("/") && !host.unicodeScalars.contains(":"), "a host is no address")
}

private func issuer(_ name: String) {
    let payload = JSONValue.object([.init("a", .array([.string(name)])), .init("iss", .string(name))]).text
    let issuer = TokenIssuer.issuer(ofToken: "e30.\(base64URL(Array(payload.utf8))).x")
    guard payload.utf8.count < 40_000 else { return }
    require(issuer.map { Array($0.utf8) } == Array(name.utf8), "the issuer is the one in the token")
}

private func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var (text, buffer, bits): ([UInt8], UInt32, Int) = ([], 0, 0)
    for byte in bytes {
        (buffer, bits) = (buffer << 8 | UInt32(byte), bits + 8)
        while bits >= 6 {
            bits -= 6
            text.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
        }
    }
    if bits > 0 { text.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
    return String(decoding: text, as: UTF8.self)
}

/// Answers every request alike.
private struct OneAnswer: WebService {
    let response: HTTPResponse

    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse { response }
}

nonisolated(unsafe) private var context = Context.real(configurationDirectory: "/nonexistent", isJSON: false)
private let endpoint = require("an endpoint is read") { try HostPort(parsing: "example.com", defaultPort: 443) }

private func upload(_ kind: UInt8, _ body: [UInt8]) {
    let statuses = [200, 201, 302, 401, 403, 404, 409, 500]
    let response = HTTPResponse(status: statuses[Int(kind >> 3) & 7], reason: "", headers: [], body: body)
    context.web = OneAnswer(response: response)
    let session = UploadSession(
        tenant: TenantSession(
            context: context, target: WebTarget(endpoint: endpoint, options: TLSOptions()), user: "u",
            password: Secret("p".utf8), rootsKey: "r", urlKey: "u"))
    do {
        let tenant = try session.tenantName()
        require((1...64).contains(tenant.utf8.count), "a tenant is a short word")
        require(!tenant.utf8.contains { $0 <= 0x20 || "/%?#".utf8.contains($0) }, "a tenant can stand in a path")
    } catch {
        guard let error = error as? UploadError else {
            return require(false, "an answer that is not accepted is explained")
        }
        let text = ErrorFrame.text(title: "t", causes: error.causes, hint: error.hint)
        requirePrintable(text)
        require(text.utf8.count < 8000, "an error is short, however long the answer is")
    }
}
