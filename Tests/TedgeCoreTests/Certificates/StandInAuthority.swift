import Foundation
import TestSupport
import X509

@testable import TLS
@testable import TedgeCore

/// An authority that signs what comes in a request and answers as Enrollment over Secure Transport has it.
final class StandInAuthority: Sendable {
    private let authority: TestAuthority
    private let directory: TemporaryDirectory

    /// The certificate and the key that sign.
    private var signer: TestAuthority.Identity {
        isBelowAnother
            ? TestAuthority.Identity(certificate: directory.file("middle.pem"), key: directory.file("middle.key"))
            : authority.authority
    }
    private let isBelowAnother: Bool
    private let days: Int

    /// Makes an authority that has signed itself, or one below such a one.
    ///
    /// - Parameter days: How long its certificates are valid, from now on.
    init(isBelowAnother: Bool = false, days: Int = 40) throws {
        self.days = days
        (authority, directory) = (try TestAuthority(), try TemporaryDirectory())
        self.isBelowAnother = isBelowAnother
        guard isBelowAnother else { return }
        try TestSupport.write("basicConstraints=critical,CA:TRUE\n", to: directory.file("extensions"))
        let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Middle"]
        _ = try run(["req"] + new + ["-keyout", signer.key, "-out", directory.file("middle.csr")])
        _ = try run(
            ["x509", "-req", "-in", directory.file("middle.csr"), "-days", "40", "-out", signer.certificate]
                + ["-CA", authority.authority.certificate, "-CAkey", authority.authority.key]
                + ["-extfile", directory.file("extensions")])
    }

    /// The answer to a request: base64 of PKCS #7 with the certificate behind those of the authorities.
    func answer(to request: HTTPRequest) -> HTTPResponse {
        let body = (try? Array(bundle(signing: request.body ?? []).utf8)) ?? []
        return HTTPResponse(status: body.isEmpty ? 400 : 200, reason: "", headers: [], body: body)
    }

    /// The certificate for a request, in PEM.
    func sign(_ request: [UInt8]) throws -> String {
        try Data(Data(base64Encoded: Data(request.filter { $0 != 10 })) ?? Data())
            .write(to: URL(fileURLWithPath: directory.file("request.der")))
        return try run(
            ["x509", "-req", "-inform", "DER", "-in", directory.file("request.der"), "-days", "\(days)"]
                + ["-CA", signer.certificate, "-CAkey", signer.key])
    }

    private func bundle(signing request: [UInt8]) throws -> String {
        let file = directory.file("signed.pem")
        try TestSupport.write(try sign(request), to: file)
        let text = try run(
            ["crl2pkcs7", "-nocrl", "-certfile", authority.authority.certificate, "-certfile", signer.certificate]
                + ["-certfile", file])
        return text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined(separator: "\r\n") + "\r\n"
    }

    private func run(_ words: [String]) throws -> String {
        let done = try ChildProcess.run("openssl", words)
        guard done.exit == .status(0) else { throw TestFailure(done.errors) }
        return done.output
    }
}

extension Fixture {
    /// A device of root that is configured, and whose web requests the authority answers.
    static func served(by authority: StandInAuthority) throws -> Fixture {
        var fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        try fixture.files.makeDirectory(fixture.directory.file("roots"), mode: 0o755, owner: nil)
        try fixture.configure()
        fixture.web.serve { authority.answer(to: $0) }
        return fixture
    }
}
