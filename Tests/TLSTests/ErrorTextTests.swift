import Testing

@testable import TLS

@Suite("Words of errors of connections")
struct ErrorTextTests {
    @Test(
        "a TLS error is a sentence without a full stop",
        arguments: [
            (.libraryMissing(reason: "r"), "OpenSSL's libssl cannot be opened, install libssl3: r"),
            (.socket(.nameNotResolved(host: "h", reason: "r")), "the name h cannot be resolved: r"),
            (
                .socket(.cannotConnect(host: "h", port: 1, errno: 111)),
                "cannot connect to h:1: Connection refused (os error 111)"
            ),
            (.socket(.noAnswer(host: "h", port: 1)), "no answer from h:1"),
            (.silent(.handshake), "the server does not answer: waited in vain for the TLS handshake"),
            (.flooded(.handshake), "the server floods the connection: waited in vain for the TLS handshake"),
            (.untrusted(code: 1, reason: "r"), "the server's certificate is not trusted: r"),
            (.wrongHost(host: "h", names: []), "the server's certificate is not for h"),
            (.wrongHost(host: "h", names: ["a", "b"]), "the server's certificate is not for h, but for a, b"),
            (.serverExpired(notAfter: 1), "the server's certificate has expired"),
            (.serverNotYetValid(notBefore: 1), "the server's certificate is not valid yet"),
            (.alert(number: 116), "the server ended the connection with the TLS alert 'certificate required'"),
            (.alert(number: 99), "the server ended the connection with the TLS alert 'alert 99'"),
            (.notTLS(reason: "r"), "the server does not speak TLS: r"),
            (.closed(.read), "the server closed the connection before an answer"),
            (.lost(errno: 110), "the connection is lost: Connection timed out (os error 110)"),
            (.rootsUnusable(path: "/p", reason: "r"), "the trusted certificates in /p cannot be used: r"),
            (.identityUnusable(path: "/p", reason: "r"), "/p cannot be used: r"),
            (.proxyRefused(status: 407, reason: "r"), "the proxy refuses the connection: 407 r"),
            (.proxyNotHTTP, "the proxy's answer is not HTTP"),
            (.openSSL(reason: "r"), "OpenSSL fails: r"),
            (.interrupted, "interrupted"),
        ] as [(TLSError, String)])
    func tls(error: TLSError, text: String) {
        #expect(error.description == text)
    }

    @Test(
        "an HTTP error is a sentence without a full stop",
        arguments: [
            (.connection(.interrupted), "interrupted"),
            (.invalidRequest, "the request holds a control character"),
            (.notHTTP(""), "the answer is not HTTP"),
            (.notHTTP("x"), "the answer is not HTTP: 'x'"),
            (.invalidHeader("x"), "the answer has a header that breaks the rules of HTTP: 'x'"),
            (.ambiguousLength, "the answer says in two ways how long it is"),
            (.invalidChunk, "the chunks of the answer break the rules of HTTP"),
            (.tooLarge(limit: 5), "the answer is larger than 5 bytes"),
            (.truncated, "the connection ended in the middle of the answer"),
        ] as [(HTTPError, String)])
    func http(error: HTTPError, text: String) {
        #expect(error.description == text)
    }

    @Test("each alert has a different name")
    func alerts() {
        let names = (0...255).map(TLSAlert.name)
        #expect(Set(names).count == names.count)
    }

    @Test("text of a peer is cut at 200 characters and contains no control sequences for a terminal")
    func printable() {
        #expect(Printable.text("a\u{1B}b\u{85}c\u{202E}d\u{2028}e\u{E000}f".utf8) == "a b c d e f")
        #expect(Printable.text(String(repeating: "ä", count: 300).utf8) == String(repeating: "ä", count: 200))
        #expect(Printable.text([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    }
}
