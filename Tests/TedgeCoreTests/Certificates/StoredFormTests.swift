import Testing

@testable import TedgeCore

@Suite struct StoredFormTests {
    static let forms: [(bytes: [UInt8], form: StoredForm)] = [
        ([], .empty), (Array(" \r\n\t".utf8), .empty), (Array("text".utf8), .other),
        ([0x30, 0x82, 1, 0, 0x30, 0x81, 9, 0xA0, 3, 2, 1, 2], .certificateDER),
        ([0x30, 0x82, 1, 0, 0x30, 0x81, 9, 2, 1, 1], .certificateDER),
        ([0x30, 0x82, 1, 0, 0x30, 0x81, 9, 2, 1, 0, 0x30, 9], .requestDER),
        ([0x30, 0x77, 2, 1, 1, 4, 0x20], .keyDER), ([0x30, 0x81, 0x87, 2, 1, 0, 0x30, 0x13], .keyDER),
        ([0x30, 0x82, 4, 0xA4, 2, 1, 0, 2, 0x82], .keyDER), ([0x30, 0x82, 1, 0, 0x30, 0x57, 6, 9], .encryptedKeyDER),
        ([0x30, 0x80, 2, 1, 3, 0x30], .pkcs12), ([0x30, 0x82, 1, 0, 2, 1, 3, 0x30], .pkcs12),
        ([0x30, 0x82, 1, 0, 6, 9, 0x2A], .pkcs7DER), ([0x30], .other), ([0x30, 0x85, 0, 0, 0, 0, 0, 2], .other),
        ([0x30, 0x82, 1, 0], .other), ([0xFF, 0xFE] + Array("-----BEGIN".utf8).flatMap { [$0, 0] }, .utf16),
        (Array("-----BEGIN".utf8).flatMap { [0, $0] }, .utf16), ([0, 1, 2, 3], .other),
        (Array("-----BEGIN X-----\nAA==\n".utf8), .cutOff),
        (Array("-----BEGIN X-----\nAA==\n-----END X-----\n-----BEGIN Y-----\n".utf8), .cutOff),
        (Array("-----BEGIN X-----\nAA==\n-----END Y-----\n".utf8), .cutOff),
        (Array("t\n-----BEGIN X-----\r\nAA==\r\n-----END X-----\r\n".utf8), .blocks(["X"])),
        ([0xEF, 0xBB, 0xBF] + Array("-----BEGIN X-----\nAA==\n-----END X-----".utf8), .blocks(["X"])),
        (Array("-----BEGIN X-----\rAA==\r-----END X-----\r".utf8), .carriageReturns),
        (Array("-----BEGIN X-----\\nAA==\\n-----END X-----".utf8), .escapedLineEnds),
        (Array("-----BEGIN X-----\\nAA==\\n-----END X-----\n".utf8), .escapedLineEnds),
        (Array("  -----BEGIN X-----\n  AA==\n  -----END X-----\n".utf8), .misplacedLines),
        (Array("-----BEGIN X-----AA==-----END X-----\n".utf8), .misplacedLines),
    ]

    @Test("a file is known by its first bytes and its PEM lines", arguments: forms)
    func form(_ bytes: [UInt8], _ form: StoredForm) {
        #expect(StoredForm(bytes) == form)
    }

    @Test("every form but a block of the wanted kind says why it will not do")
    func words() {
        for (_, form) in Self.forms {
            for wanted in [StoredForm.Wanted.certificate, .key] {
                #expect(form.text(wanted: wanted)?.isEmpty == false)
            }
        }
        #expect(StoredForm.blocks(["CERTIFICATE"]).text(wanted: .certificate) == nil)
        #expect(StoredForm.blocks(["X", "EC PRIVATE KEY"]).text(wanted: .key) == nil)
    }

    @Test("no conversion writes to the file itself, and a path with a blank stays one word")
    func conversion() {
        for (_, form) in Self.forms {
            for wanted in [StoredForm.Wanted.certificate, .key] {
                guard let hint = form.conversion(of: "/a b/c", to: wanted) else { continue }
                #expect(hint.contains("\"/a b/c\"") && hint.contains("\"/a b/c.converted.pem\""))
            }
        }
        #expect(StoredForm.pkcs12.conversion(of: "/c", to: .key)?.contains("-in /c -nocerts") == true)
    }
}
