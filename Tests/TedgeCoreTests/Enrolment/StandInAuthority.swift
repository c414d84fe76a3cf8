import Foundation
import TestSupport
import X509

@testable import TLS
@testable import TedgeCore

/// An authority that signs what comes in a request and answers as Enrollment over Secure Transport has it.
final class StandInAuthority: Sendable {
    private let authority: TestAuthority
    private let directory: TemporaryDirectory

    init() throws { (authority, directory) = (try TestAuthority(), try TemporaryDirectory()) }

    /// The answer to a request: base64 of PKCS #7 with the certificate and that of the authority.
    func answer(to request: HTTPRequest) -> HTTPResponse {
        let body = (try? Array(bundle(signing: request.body ?? []).utf8)) ?? []
        return HTTPResponse(status: body.isEmpty ? 400 : 200, reason: "", headers: [], body: body)
    }

    /// The certificate for a request, in PEM.
    func sign(_ request: [UInt8]) throws -> String {
        try Data(Data(base64Encoded: Data(request.filter { $0 != 10 })) ?? Data())
            .write(to: URL(fileURLWithPath: directory.file("request.der")))
        return try run(
            ["x509", "-req", "-inform", "DER", "-in", directory.file("request.der"), "-days", "40"]
                + ["-CA", authority.authority.certificate, "-CAkey", authority.authority.key])
    }

    private func bundle(signing request: [UInt8]) throws -> String {
        let file = directory.file("signed.pem")
        try TestSupport.write(try sign(request), to: file)
        let text = try run(["crl2pkcs7", "-nocrl", "-certfile", file, "-certfile", authority.authority.certificate])
        return text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined(separator: "\r\n") + "\r\n"
    }

    private func run(_ words: [String]) throws -> String {
        let done = try ChildProcess.run("openssl", words)
        guard done.exit == .status(0) else { throw TestFailure(done.errors) }
        return done.output
    }
}
