import Testing

@testable import TedgeCore

/// What is taken out of the texts of a support bundle, and what stays.
@Suite struct BundleMaskTests {
    private let mask = BundleMask(known: ["hunter2", "s3cr3t/ä", "abc"], users: ["t1/device"])

    @Test(
        "a secret is recognized by the name before it",
        arguments: [
            ("remote_password hunter3 with blanks", "remote_password (secret)"),
            ("  # bridge_psk 0a1b2c", "  # bridge_psk (secret)"),
            ("password = \"a \\\" b\"", "password = \"(secret)\""),
            ("password='x' # note", "password='(secret)' # note"),
            ("pasword = \"x\"", "pasword = \"(secret)\""), ("key_pin=1234", "key_pin=(secret)"),
            ("plugin_opt_db_pass xyz", "plugin_opt_db_pass (secret)"),
            ("{\"password\":\"a,b\",\"user\":\"me\"}", "{\"password\":\"(secret)\",\"user\":\"me\"}"),
            (#"payload "{\"token\":\"abcdef\",\"x\":1}""#, #"payload "{\"token\":\"(secret)\",\"x\":1}""#),
            (
                "run tedge cert download c8y --one-time-password ABC -x",
                "run tedge cert download c8y --one-time-password (secret) -x"
            ),
            ("tedge --password=xyz", "tedge --password=(secret)"),
            ("https://a.b/x?one-time-password=Q1&y=2", "https://a.b/x?one-time-password=(secret)&y=2"),
            ("Environment=\"C8Y_PASSWORD=a b\" LANG=C", "Environment=\"C8Y_PASSWORD=(secret)\" LANG=C"),
            ("SetCredential=tedge.c8y-password:xyz", "SetCredential=(secret)"),
            ("AWS_SECRET_ACCESS_KEY: q", "AWS_SECRET_ACCESS_KEY: (secret)"),
            ("SharedAccessKey=abc=;x", "SharedAccessKey=(secret)"),
            ("sr=x&sig=abc%3D&se=1", "sr=x&sig=(secret)&se=1"),
            ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic (secret)"),
            ("Authorization: abc", "Authorization: (secret)"),
            ("sent Bearer abcdefghij now", "sent Bearer (secret) now"),
            ("71,eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig", "71,(secret)"),
            ("proxy http://me:pw@proxy:3128 used", "proxy http://(secret)@proxy:3128 used"),
            ("pkcs11:token=t?pin-value=1234", "pkcs11:token=(secret)"),
        ])
    func named(_ text: String, _ shown: String) {
        #expect(BundleMask(known: []).masked(text) == shown)
    }

    @Test(
        "what is no secret stays",
        arguments: [
            "password_file /etc/mosquitto/passwd", "mqtt.client.auth.password_file=/x", "c8y.auth_method=basic",
            "psk_hint a", "Error: Unable to read password file", "compiled tokens are 3", "pinging host", "PWD=/root",
            "the token of the tenant", "connection edge_to_c8y", "bearer of news", "tls_version tlsv1.2", "", "-----",
            "basic", "remote_password", "Status: VALID (expires in: 364d)", "root@gateway: hello",
        ])
    func plain(_ text: String) {
        #expect(BundleMask(known: []).masked(text) == text)
    }

    @Test(
        "a known secret is found in every form",
        arguments: [
            ("x hunter2 y", "x (secret) y"), ("xhunter2y", "x(secret)y"), ("s3cr3t%2F%C3%A4", "(secret)"),
            ("dDEvZGV2aWNlOmh1bnRlcjI=", "(secret)"), ("aHVudGVyMg==", "(secret)"), ("hunter", "hunter"),
            ("abc", "abc"),
        ])
    func known(_ text: String, _ shown: String) {
        #expect(mask.masked(text) == shown)
        #expect(String(decoding: mask.withoutKnown(Array(text.utf8)), as: UTF8.self) == shown)
    }

    @Test("a private key is taken out, and the lines around it stay")
    func keys() {
        let key = "a\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\nMHcCAQ\n-----END EC PRIVATE KEY-----\nb\n"
        #expect(mask.masked(key) == "a\n(secret)\n\n\n\nb\n")
        #expect(mask.masked("x -----BEGIN PRIVATE KEY-----\\nMHc\\n-----END PRIVATE KEY----- y\nz") == "x (secret)\nz")
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        #expect(mask.masked(certificate) == certificate)
        #expect(mask.masked("-----BEGIN PRIVATE KEY-----\nMHc") == "(secret)\n")
    }

    @Test("bytes that are no text stay as they are, but for known secrets")
    func bytes() {
        let bytes: [UInt8] = [0, 255, 10] + Array("hunter2".utf8) + [200]
        #expect(mask.withoutKnown(bytes) == [0, 255, 10] + Array("(secret)".utf8) + [200])
        #expect(BundleMask(known: []).masked([255, 10, 254]) == [255, 10, 254])
    }

    @Test("a JSON value stays one, whatever is taken out of its texts")
    func values() {
        let value = JSONValue.object([.init("a", .array([.string("token: \"x\" \\"), .number(1), .null]))])
        let masked = mask.masked(value)
        #expect(masked == .object([.init("a", .array([.string("token: \"(secret)\" \\"), .number(1), .null]))]))
    }

    @Test("secrets are found in a file of settings, but not in its comments")
    func found() {
        let text = "# password of the device\n[c8y]\nusername = \"u\"\npassword = \"p w\"\npin='12'\npath = '/x'\n"
        #expect(BundleMask.secrets(in: Array(text.utf8)) == ["p w", "12"])
        #expect(BundleMask.passwords(inAddressesOf: "see http://a:b@c and 'x:y@z' and @") == ["b", "y"])
    }

    @Test(
        "no line is too strange",
        arguments: [
            "password=", "password:", "password=\"", "\"password\\", "password=\\", "token '", "bearer ", "=\"'\\",
            "password==\"\"",
        ])
    func strange(_ text: String) {
        #expect(BundleMask(known: []).masked(text).contains(text.prefix(5)))
    }
}
