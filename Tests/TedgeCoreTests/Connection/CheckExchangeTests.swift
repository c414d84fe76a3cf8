import Testing

@testable import TedgeCore

@Suite struct CheckExchangeTests {
    private func exchange(
        _ cloud: Cloud = .cumulocity, id: String = "gw", type: String = "thin-edge.io", prefix: String = "p"
    ) -> CheckExchange {
        let values = CheckValues(
            cloud: cloud, deviceID: id, deviceType: type, prefix: prefix, healthTopic: "health", hosts: [],
            broker: .init(host: "127.0.0.1", port: 1, clientID: "c"), limit: .seconds(1))
        return CheckExchange(values, requestID: "tedge-1")
    }

    @Test("Cumulocity is asked for a token first, and to create the device")
    func smartREST() {
        let exchange = exchange()
        #expect(exchange.filters == ["p/s/e", "p/s/dat"])
        #expect(
            exchange.questions == [
                .init(topic: "p/s/uat", payload: "", qos: .atMostOnce),
                .init(topic: "p/s/us", payload: "100,gw,thin-edge.io", qos: .atLeastOnce, isHarmless: false),
            ])
    }

    static let fields = [
        ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
        ("a,\u{301}", "\"a,\u{301}\""), ("a b;ü", "a b;ü"), ("\"\u{301}", "\"\"\"\u{301}\""),
    ]

    @Test("id and type are one field each, whatever they contain", arguments: fields)
    func field(_ value: String, _ field: String) {
        let payloads = exchange(id: value, type: value).questions.map { Array($0.payload.utf8) }
        #expect(payloads.last == Array("100,\(field),\(field)".utf8))
    }

    static let messages: [(topic: String, payload: String, answer: CheckExchange.Answer?)] = [
        ("p/s/e", "41,100,Device already existing", .cloudWithMore), ("p/s/e", "41,100", .cloudWithMore),
        ("p/s/e", "41,200,x", nil), ("p/s/e", "40,100,No static template", nil), ("p/s/e", "41,1000", nil),
        ("p/s/e", "", nil), ("p/s/dat", "41,100", nil), ("other", "41,100", nil), ("p/s/dat", "71,abc", .cloud),
        ("p/s/dat", "71,\(token(issuer: "Example.com"))", .tenant("example.com")),
        ("p/s/dat", "71,\(token(issuer: "https://a.example.com:443/x"))\r\n", .tenant("a.example.com")),
        ("p/s/e", "41,100\r\n50,x", .cloudWithMore), ("p/s/e", "40,x\n41,100", nil),
        ("p/s/e", "41,100,\u{301}", .cloudWithMore),
        ("p/s/dat", "71,\(token(issuer: "example.com"))\r\n41,100,x.y", .tenant("example.com")),
        ("p/s/dat", "71,\(token(issuer: "example.com")),\u{301}", .tenant("example.com")),
        ("p/s/dat", "72,\(token(issuer: "example.com"))", nil), ("c8y/s/e", "41,100", nil),
    ]

    @Test("only messages that prove something count as answers", arguments: messages)
    func answers(_ topic: String, _ payload: String, _ answer: CheckExchange.Answer?) {
        #expect(exchange().answer(message(topic, payload)) == answer)
    }

    @Test("Azure's device twin answers the request with its number and status 200")
    func deviceTwin() {
        let exchange = exchange(.azure)
        #expect(exchange.filters == ["p/twin/res/#"])
        #expect(
            exchange.questions == [.init(topic: "p/twin/GET/?$rid=tedge-1", payload: "", qos: .atLeastOnce)])
        #expect(exchange.answer(message("p/twin/res/200/?$rid=tedge-1", "{}")) == .cloud)
        #expect(exchange.answer(message("p/twin/res/200/?$rid=tedge-1&$version=2", "{}")) == .cloud)
        #expect(exchange.answer(message("p/twin/res/404/?$rid=tedge-1", "")) == .refusal("404"))
        #expect(exchange.answer(message("p/twin/res/429/?$rid=tedge-1&x", "")) == .refusal("429"))
        for other in [
            "200/?$rid=tedge-12", "404/?$rid=tedge-12", "200/?$rid=tedge-2", "2000/?$rid=tedge-1", "20/?$rid=tedge-1",
            "200/x?$rid=tedge-1", "200?$rid=tedge-1", "/?$rid=tedge-1", "", "200",
        ] {
            #expect(exchange.answer(message("p/twin/res/\(other)", "{}")) == nil, "\(other)")
        }
        #expect(exchange.answer(message("q/twin/res/200/?$rid=tedge-1", "{}")) == nil)
    }

    @Test("AWS returns the same message")
    func reflection() {
        let exchange = exchange(.amazon)
        #expect(exchange.filters == ["p/connection-success"])
        #expect(
            exchange.questions == [.init(topic: "p/test-connection", payload: "tedge-1", qos: .atLeastOnce)])
        #expect(exchange.answer(message("p/connection-success", "tedge-1")) == .cloud)
        #expect(exchange.answer(message("p/connection-success", "tedge-2")) == nil)
        #expect(exchange.answer(message("p/test-connection", "tedge-1")) == nil)
    }

    static let tokens: [(String, String?)] = [
        (token(issuer: "example.com"), "example.com"), (token(issuer: "ünï~~??>>"), "ünï~~??>>"), ("", nil),
        ("a.b", nil),
        ("a.b.c.d", nil), ("e30.!!!.x", nil), ("e30.e30.x", nil),
        ("e30.\(base64URL(Array("{\"iss\":1}".utf8))).x", nil),
        ("e30.\(base64URL(Array("[]".utf8))).x", nil),
    ]

    @Test("the issuer of a token is read, and anything else has none", arguments: tokens)
    func issuer(_ token: String, _ issuer: String?) {
        #expect(TokenIssuer.issuer(ofToken: token) == issuer)
    }

    @Test("the payload of a token is not followed however deep it is", arguments: ["[", "{\"a\":", "{\"iss\":["])
    func deepToken(_ piece: String) {
        let payload = String(repeating: piece, count: 48_000 / piece.utf8.count)
        #expect(TokenIssuer.issuer(ofToken: "e30.\(base64URL(Array(payload.utf8))).x") == nil)
    }

    @Test("the host of an issuer is a name or the beginning of an address")
    func host() {
        for issuer in ["Example.com", "https://example.com", "https://EXAMPLE.com:8443/path?x", "example.com/x"] {
            #expect(TokenIssuer.host(of: issuer) == "example.com")
        }
    }
}
