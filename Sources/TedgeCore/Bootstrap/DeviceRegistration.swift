import QRCode

/// What a person needs to register a device with the certificate authority of a Cumulocity tenant: the id of the device, its
/// one-time password, and the page of the tenant on which both are typed.
struct DeviceRegistration: Sendable {
    /// The tenant's HTTP interface.
    let tenant: HostPort
    /// The identity of the device.
    let deviceID: String
    /// The one-time password.
    let password: Secret
    /// Whether the password was made here. One that was given is known to who gave it, and is never shown.
    let isGenerated: Bool

    private static let length = 32
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Makes a registration with a password of 32 letters and digits from the system's random generator, getrandom(2).
    init(of deviceID: String, at tenant: HostPort) {
        var generator = SystemRandomNumberGenerator()
        let password = Secret()
        for _ in 0..<Self.length {
            password.append(Self.alphabet[Int.random(in: Self.alphabet.indices, using: &generator)])
        }
        self.init(of: deviceID, at: tenant, password: password, isGenerated: true)
    }

    /// Makes a registration with a password that was given, or one that was made by an earlier run.
    init(of deviceID: String, at tenant: HostPort, password: Secret, isGenerated: Bool = false) {
        (self.tenant, self.deviceID, self.password, self.isGenerated) = (tenant, deviceID, password, isGenerated)
    }

    /// The address of the page, which is filled in already: with the id, and with the password if it was made here.
    var address: String {
        let host = tenant.port == 443 ? tenant.host : tenant.description
        let page =
            "https://\(host)/apps/devicemanagement/index.html#/deviceregistration?externalId=" + Self.encoded(deviceID)
        guard isGenerated else { return page }
        return page + "&one-time-password=" + password.withBytes { Self.encoded(String(decoding: $0, as: UTF8.self)) }
    }

    /// The text percent-encoded: all but the unreserved characters (RFC 3986, section 2.3).
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return String(Unicode.Scalar(byte))
            case _ where "-._~".utf8.contains(byte): return String(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }.joined()
    }
}

extension DeviceRegistration {
    /// The QR code of the address for a terminal; nil if there is no terminal, or if it is too narrow.
    ///
    /// - Parameter isASCII: Whether to use no other characters, although the locale allows them.
    func picture(on looks: TerminalLooks, isASCII: Bool = false) -> String? {
        guard looks.isTerminal, let code = QRCode(address) else { return nil }
        let look: QRCode.Look = looks.isUTF8 && !isASCII ? .halfBlocks : .ascii
        guard code.columns(look) <= looks.columns ?? 80 else { return nil }
        return code.picture(look, isColoured: looks.hasColours)
    }

    /// The members that name the page, for programs.
    var json: JSONValue { Self.json(address: address, deviceID: deviceID) }

    /// The members that name a page, for programs.
    static func json(address: String, deviceID: String) -> JSONValue {
        .object([.init("url", .string(address)), .init("device_id", .string(deviceID))])
    }

    /// Prints on stderr what a person needs, with a password that was made here. The code is printed if stderr is a terminal that
    /// is wide enough, and not with JSON.
    ///
    /// - Parameter withAddress: Whether the address, in which the password is too, and its code are printed.
    func showAll(on console: Console, looks: TerminalLooks, withAddress: Bool) {
        let words = password.withBytes { String(decoding: $0, as: UTF8.self) }
        console.error(
            """
            No one-time password is given, so that one was made (--prompt asks for one). Register the device in Cumulocity:
                device id:         \(ErrorFrame.printable(deviceID))
                one-time password: \(words)

            """)
        guard withAddress else { return }
        console.error("This address has both filled in:\n    \(address)\n")
        guard !console.isJSON, let picture = picture(on: looks) else { return }
        console.error("\n\(picture)\n")
    }

    /// Prints the address and, on a terminal that is wide enough, its QR code. With JSON the address goes to stderr, alone.
    func show(on console: Console, looks: TerminalLooks, isASCII: Bool = false) {
        console.line("Register the device '\(deviceID)' here:")
        console.line("  \(address)")
        guard !console.isJSON, let picture = picture(on: looks, isASCII: isASCII) else { return }
        console.result("\n\(picture)\n", isStyled: true)
    }
}
