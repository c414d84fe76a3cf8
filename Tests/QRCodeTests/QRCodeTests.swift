import Glibc
import QRCode
import TestSupport
import Testing

@Suite struct QRCodeTests {
    private static let address =
        "https://example.cumulocity.com/apps/devicemanagement/index.html#/deviceregistration?externalId=gateway-1"
        + "&one-time-password=0123456789abcdefghijklmnopqrstuv"

    /// Texts for a small code, one with alignment and version patterns, and one with many blocks. Zbar 0.23 has read the
    /// recorded pictures.
    @Test(
        "the modules are those that a reader of codes has confirmed",
        arguments: [
            ("small", "tedge"), ("address", address), ("large", String(repeating: "0123456789 abcdef ", count: 60)),
        ])
    func modules(_ name: String, _ text: String) throws {
        let picture = try #require(QRCode(text)).picture(.ascii, isColoured: false)
        #expect(picture == (try golden(name, recording: picture)))
    }

    @Test("a text of 2953 bytes is the longest, and the smallest code that fits is made")
    func capacity() {
        let sizes = [0, 17, 18, 230, 231, 2953].map { QRCode(String(repeating: "x", count: $0))?.size }
        #expect(sizes == [21, 21, 25, 53, 57, 177])
        #expect(QRCode(String(repeating: "x", count: 2954)) == nil)
        #expect(QRCode(String(repeating: "ü", count: 9))?.size == 25, "bytes count, not characters")
    }

    @Test("outside of the code all is light")
    func outside() throws {
        let code = try #require(QRCode("x"))
        #expect(code.isDark(0, 0) && code.isDark(20, 0) && !code.isDark(-1, 0) && !code.isDark(0, 21))
    }

    @Test(
        "zbarimg reads every size of code", .enabled(if: access("/usr/bin/zbarimg", X_OK) == 0, "zbar-tools is missing")
    )
    func zbar() throws {
        let directory = try TemporaryDirectory()
        var text = ""
        for length in [1, 17, 18, 106, 107, 154, 230, 231, 271, 500, 900, 1400, 2300, 2953] {
            while text.utf8.count < length { text += String(text.utf8.count % 7) + "aZ-/?&="[text.utf8.count % 7] }
            let text = String(text.prefix(length))
            let code = try #require(QRCode(text))
            try write(Self.bitmap(code), to: directory.file("code.pbm"))
            let read = try ChildProcess.run("zbarimg", ["--quiet", "--raw", directory.file("code.pbm")])
            #expect(read.output == text + "\n", "\(length) bytes")
        }
    }

    /// The code as a picture of 4 by 4 pixels for each module, pbm(5).
    private static func bitmap(_ code: QRCode) -> String {
        let range = -16..<(code.size + 4) * 4
        func pixel(_ x: Int, _ y: Int) -> String { code.isDark(x >> 2, y >> 2) ? "1" : "0" }
        return "P1 \(range.count) \(range.count)\n"
            + range.map { y in range.map { pixel($0, y) }.joined(separator: " ") + "\n" }.joined()
    }
}

extension String {
    fileprivate subscript(_ position: Int) -> String { String(self[index(startIndex, offsetBy: position)]) }
}
