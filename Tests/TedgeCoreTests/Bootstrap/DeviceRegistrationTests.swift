import QRCode
import Testing

@testable import TedgeCore

@Suite struct DeviceRegistrationTests {
    private func registration(
        _ id: String = "gateway-1", at url: String = "example.cumulocity.com", given password: String? = nil
    ) throws -> DeviceRegistration {
        let tenant = try HostPort(parsing: url, defaultPort: 443)
        guard let password else { return DeviceRegistration(of: id, at: tenant) }
        return DeviceRegistration(of: id, at: tenant, password: Secret(password.utf8))
    }

    private static func terminal(columns: Int, locale: String = "C.UTF-8", noColour: Bool = false) -> TerminalLooks {
        var environment = ["TERM": "xterm", "LANG": locale, "COLUMNS": String(columns)]
        if noColour { environment["NO_COLOR"] = "1" }
        return TerminalLooks(environment, isTerminal: true)
    }

    @Test("a password has 32 letters and digits, and each one differs")
    func password() throws {
        let passwords = try (0..<50).map { _ in
            try registration().password.withBytes { String(decoding: $0, as: UTF8.self) }
        }
        #expect(passwords.allSatisfy { $0.wholeMatch(of: /[0-9A-Za-z]{32}/) != nil })
        #expect(Set(passwords).count == 50)
        #expect(Set(passwords.joined()).count == 62, "all letters and digits occur")
    }

    @Test("the address is filled in with the id and a password that was made here")
    func address() throws {
        let made = try registration()
        let password = made.password.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(
            made.address
                == "https://example.cumulocity.com/apps/devicemanagement/index.html#/deviceregistration"
                + "?externalId=gateway-1&one-time-password=\(password)")
    }

    @Test("a port other than 443 is in the address, and an IPv6 address keeps its brackets")
    func ports() throws {
        #expect(try registration(at: "example.com:443").address.hasPrefix("https://example.com/apps/"))
        #expect(try registration(at: "example.com:8443").address.hasPrefix("https://example.com:8443/apps/"))
        #expect(try registration(at: "[::1]:8443").address.hasPrefix("https://[::1]:8443/apps/"))
    }

    @Test("an id is percent-encoded")
    func encoding() throws {
        let id = try registration("a b+c&d=e#f%20ü/~._-", given: "x").address.split(separator: "externalId=").last
        #expect(id == "a%20b%2Bc%26d%3De%23f%2520%C3%BC%2F~._-")
    }

    @Test("a password that was given is in no address and is not printed")
    func given() throws {
        let registration = try registration(given: "geheim-4711")
        #expect(registration.address.hasSuffix("?externalId=gateway-1"))
        let printed = Printed()
        registration.show(on: printed.console(), looks: Self.terminal(columns: 200))
        #expect(!printed.all.contains("geheim") && printed.all.contains(registration.address))
    }

    @Test("a terminal shows the address and its code; a pipe and a narrow terminal show the address alone")
    func shown() throws {
        let registration = try registration()
        let width = try #require(QRCode(registration.address)).columns(.halfBlocks)
        func text(_ looks: TerminalLooks, isJSON: Bool = false, isASCII: Bool = false) -> String {
            let printed = Printed()
            registration.show(on: printed.console(isJSON: isJSON), looks: looks, isASCII: isASCII)
            #expect(printed.all.contains("  \(registration.address)\n"))
            #expect(printed.output.isEmpty == isJSON)
            return printed.all
        }
        #expect(text(Self.terminal(columns: width)).contains("\u{1B}[30;47m"))
        #expect(text(Self.terminal(columns: width)).contains("▀"))
        #expect(!text(Self.terminal(columns: width - 1)).contains("▀"))
        #expect(!text(Self.terminal(columns: width), isJSON: true).contains("▀"))
        #expect(!text(TerminalLooks(["LANG": "C.UTF-8", "COLUMNS": "200"], isTerminal: false)).contains("▀"))
        #expect(text(Self.terminal(columns: 200, noColour: true)).contains("▀"))
        for looks in [Self.terminal(columns: 2 * width, locale: "C"), Self.terminal(columns: 2 * width)] {
            let text = text(looks, isASCII: looks.isUTF8)
            #expect(text.contains("\u{1B}[40m") && text.utf8.allSatisfy { $0 < 0x80 })
        }
        #expect(!text(Self.terminal(columns: 2 * width - 1, locale: "C")).contains("\u{1B}"))
    }
}
