import Foundation
import TLS
import TestSupport
import Testing

@testable import TedgeCore

/// The reasons of errors whose texts other tests look at.
@Suite struct ErrorReasonTests {
    private static func exchange(_ error: HTTPError) -> ExchangeFailure {
        ExchangeFailure(
            error: error, purpose: .enrollment, address: "h:443", proxy: nil, rootsKey: "c8y.root_cert_path",
            urlKey: nil)
    }

    static let errors: [(any ExplainedError, ReasonID)] = [
        (FileError(.write, "/f", .notOurs), "file-foreign"), (FileError(.read, "/f", .notPlain), "file-not-plain"),
        (LockError(path: "/f", holder: nil, seconds: 1), "configuration-locked"),
        (CertificateError.noCommonName(path: "/f", subject: ""), "certificate-without-common-name"),
        (CertificateError.foreignDirectory(path: "/d/f", directory: "/d", why: "w"), "certificate-directory-foreign"),
        (CertificateError.keyUnreadable(path: "/f", reason: SystemError(EACCES)), "key-unreadable"),
        (CertificateError.encryptedKey(path: "/f"), "key-encrypted"),
        (CertificateError.cryptography("r"), "openssl-failed"),
        (CredentialError.noDeviceID, "device-id-missing"), (CredentialError.noUser, "user-missing"),
        (EnrollmentInputError.badProxyHost("k", reason: "r"), "proxy-host-invalid"),
        (CredentialError.noPassword, "password-missing"),
        (CredentialError.notSendable("w"), "credentials-not-sendable"),
        (CredentialError.terminal(reason: "r"), "terminal-failed"),
        (CredentialError.passwordUnreadable(path: "/f", reason: "r"), "password-unreadable"),
        (EnrollmentError.unsupported(.az), "renewal-unsupported"),
        (EnrollmentError.exchange(exchange(.notHTTP("SSH"))), "enrolment-not-http"),
        (MosquittoConfigurationError.includedTwice("/d", ["a:1", "b:2"]), "include-line-twice"),
        (MessagingError.message(.qos), "message-invalid"),
        (MessagingError.tooManyMessages(count: 1), "messages-too-many"),
        (ServiceError.signalled(command: "c"), "service-command-signalled"),
        (ServiceError.unitBroken(.agent), "agent-unit-broken"), (UnexpectedError("t"), "unexpected"),
        (ServiceError.notFound(Service(unit: "tedge-mapper-c8y@p", name: "tedge-mapper")), "mapper-without-service"),
    ]

    @Test("an error has the reason that the article lists, and says what happened", arguments: errors)
    func reasons(_ error: any ExplainedError, _ reason: ReasonID) {
        #expect(error.id == reason)
        #expect(error.causes.first?.isEmpty == false)
    }

    @Test("a host that was given on the command line is not looked for in the settings")
    func typedHost() {
        for error in [HTTPError.notHTTP("SSH"), .connection(.socket(.nameNotResolved(host: "h", reason: "r")))] {
            let hint = Self.exchange(error).diagnosis.hint
            #expect(hint?.hasPrefix("Check the host and port of --url") == true, "\(hint ?? "")")
        }
    }
}
