import TestSupport
import Testing

@testable import X509

@Suite("Dates of certificates")
struct CertificateDateTests {
    /// Seconds since 1970, the ASN.1 type that RFC 5280 (section 4.1.2.5) demands, and the text in it.
    static let moments: [(Int64, String, String)] = [
        (0, "UTCTIME", "700101000000Z"),
        (-1, "UTCTIME", "691231235959Z"),
        (-631_152_000, "UTCTIME", "500101000000Z"),
        (-631_152_001, "GENERALIZEDTIME", "19491231235959Z"),
        (951_782_400, "UTCTIME", "000229000000Z"),
        (2_147_483_648, "UTCTIME", "380119031408Z"),
        (2_524_607_999, "UTCTIME", "491231235959Z"),
        (2_524_608_000, "GENERALIZEDTIME", "20500101000000Z"),
        (4_107_542_400, "GENERALIZEDTIME", "21000301000000Z"),
        (253_402_300_799, "GENERALIZEDTIME", "99991231235959Z"),
    ]

    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    @Test("a date made is UTCTime before 2050 and GeneralizedTime from then on", arguments: moments)
    func made(seconds: Int64, type: String, text: String) throws {
        let certificate = try Certificate.made(key: .generateP256(), notBefore: seconds, notAfter: seconds)
        let path = try program.write(try certificate.pem(), to: "certificate.pem")
        let times = try program.run(["asn1parse", "-in", path]).split(separator: "\n").filter {
            $0.contains("UTCTIME") || $0.contains("GENERALIZEDTIME")
        }
        #expect(times.count == 2)
        for line in times {
            let words = line.split(separator: " ")
            #expect(words.suffix(2).joined() == "\(type):\(text)" || words.last == ":\(text)", "\(line)")
            #expect(line.contains(type), "\(line)")
        }
        let read = try Certificate(pem: try certificate.pem())
        #expect(read.notBefore == seconds)
        #expect(read.notAfter == seconds)
    }

    @Test("a date that openssl made is read to the second", arguments: moments)
    func read(seconds: Int64, type: String, text: String) throws {
        try program.makeKey(.p256)
        let configuration = """
            [ca]
            default_ca = here
            [here]
            database = \(program.path("index"))
            new_certs_dir = \(program.path(""))
            default_md = sha256
            policy = any
            rand_serial = yes
            [any]
            commonName = supplied

            """
        try program.write(Array(configuration.utf8), to: "ca.conf")
        try program.write([], to: "index")
        let key = program.path("key.pem")
        try program.run(
            ["req", "-new", "-key", key, "-subj", "/CN=device", "-out", program.path("request.pem")])
        try program.run(
            ["ca", "-batch", "-notext", "-selfsign", "-config", program.path("ca.conf"), "-keyfile", key]
                + ["-startdate", text, "-enddate", text, "-in", program.path("request.pem")]
                + ["-out", program.path("certificate.pem")])
        let certificate = try Certificate(pem: try program.bytes("certificate.pem"))
        #expect(certificate.notBefore == seconds)
        #expect(certificate.notAfter == seconds)
    }

    @Test(
        "a date outside the years 0 to 9999 is an error",
        arguments: [253_402_300_800, -62_167_219_201, .max, .min] as [Int64])
    func impossible(seconds: Int64) throws {
        let key = try PrivateKey.generateP256()
        #expect(throws: X509Error.invalidDate(seconds)) { try Certificate.made(key: key, notAfter: seconds) }
        #expect(throws: X509Error.invalidDate(seconds)) { try Certificate.made(key: key, notBefore: seconds) }
        #expect(try isErrorQueueEmpty())
    }
}
