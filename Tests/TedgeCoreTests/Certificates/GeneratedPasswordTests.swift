import Foundation
import Testing

@testable import TedgeCore

/// `cert download` without a one-time password.
@Suite struct GeneratedPasswordTests {
    var fixture: Fixture
    let authority: StandInAuthority

    init() throws {
        authority = try StandInAuthority()
        fixture = try Fixture.served(by: authority)
    }

    /// Downloads once without a password.
    private func downloadWithout(_ change: (inout DownloadOptions) -> Void = { _ in }) -> CommandReport {
        var options = DownloadOptions()
        (options.deviceID, options.maxTimeout) = ("gateway-1", .zero)
        change(&options)
        return CertificateDownloader(profile: nil, in: fixture.context).run(options)
    }

    private func sentPassword(_ index: Int) throws -> String {
        let header = try #require(fixture.web.requests[index].headers.first { $0.name == "Authorization" })
        let bytes = try #require(Data(base64Encoded: String(header.value.dropFirst("Basic ".count))))
        return String(String(decoding: bytes, as: UTF8.self).dropFirst("gateway-1:".count))
    }

    @Test("without a password one is made, printed with the address, and the same until the certificate is there")
    func generated() throws {
        fixture.web.answer(401, "Unauthorized")
        let report = downloadWithout()
        let password = try sentPassword(0)
        #expect(password.wholeMatch(of: /[0-9A-Za-z]{32}/) != nil)
        let address =
            "https://example.cumulocity.com/apps/devicemanagement/index.html#/deviceregistration"
            + "?externalId=gateway-1&one-time-password=\(password)"
        #expect(
            fixture.errors.hasPrefix(
                """
                No one-time password is given, so that one was made (--prompt asks for one). Register the device in Cumulocity:
                    device id:         gateway-1
                    one-time password: \(password)
                This address has both filled in:
                    \(address)
                error: The device ID is not registered yet on
                """))
        #expect(fixture.output == "")
        #expect(report.status == 1 && report.reason == "registration-pending" && report.changed)
        #expect(report.hint?.contains("the one-time password stays the same") == true)
        #expect(report.json.text.contains(#""registration":{"url":"\#(address)","device_id":"gateway-1"}"#))
        let kept = fixture.path("device-certs/tedge-certificate.pem.registration")
        #expect(try fixture.files.status(kept)?.mode == 0o600)
        #expect(fixture.files.exists(kept))
        let again = downloadWithout()
        #expect(again.status == 0, "\(fixture.errors)")
        #expect(try sentPassword(1) == password)
        #expect(!fixture.files.exists(kept))
        #expect(!again.json.text.contains(password) && !fixture.output.contains(password))
    }

    @Test("without the address the password is printed all the same, and JSON has neither")
    mutating func withoutAddress() throws {
        fixture.web.answer(401, "Unauthorized")
        let report = downloadWithout { $0.hidesAddress = true }
        let password = try sentPassword(0)
        #expect(fixture.errors.contains("one-time password: \(password)\n") && !fixture.errors.contains("https://"))
        #expect(!report.json.text.contains(password) && !report.json.text.contains("registration\":"))
        fixture.web.answer(401, "Unauthorized")
        fixture.environment["DEVICE_NO_REGISTRATION_URL"] = "true"
        fixture.printed.forget()
        _ = downloadWithout()
        #expect(try sentPassword(1) == password)
        #expect(fixture.errors.contains(password) && !fixture.errors.contains("https://"))
    }

    @Test("a terminal shows the address as a code, too; a password that is given is not shown at all")
    mutating func code() throws {
        fixture.environment["COLUMNS"] = "200"
        fixture.environment["TERM"] = "xterm"
        fixture.environment["LANG"] = "C.UTF-8"
        fixture.web.answer(401, "Unauthorized")
        _ = downloadWithout { $0.isTerminal = true }
        #expect(fixture.errors.contains("\u{1B}[30;47m"))
        fixture.printed.forget()
        fixture.web.answer(401, "Unauthorized")
        fixture.environment["DEVICE_ONE_TIME_PASSWORD"] = "given-4711"
        let report = downloadWithout { $0.isTerminal = true }
        #expect(try sentPassword(1) == "given-4711")
        #expect(!fixture.errors.contains("given-4711") && !fixture.errors.contains("https://"))
        #expect(report.hint?.contains("Register the device 'gateway-1'") == true && !report.changed)
    }

    @Test("a dry run makes no password, and what cannot be kept is not asked for")
    func notMade() throws {
        let before = try fixture.snapshot()
        let report = Rehearsal.run(in: fixture.context) { context in
            var options = DownloadOptions()
            options.deviceID = "gateway-1"
            return CertificateDownloader(profile: nil, in: context).run(options)
        }
        #expect(report.status == 0 && fixture.web.requests.isEmpty, "\(fixture.errors)")
        #expect(try fixture.snapshot() == before)
        fixture.files.fail(.write, ".registration", ENOSPC)
        #expect(downloadWithout().reason == "disk-full")
        #expect(fixture.web.requests.isEmpty && !fixture.errors.contains("one-time password:"))
    }
}
