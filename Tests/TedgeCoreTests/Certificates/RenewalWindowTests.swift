import Testing

@testable import TedgeCore

@Suite struct RenewalWindowTests {
    private static let day: Int64 = 86_400

    @Test(
        "a setting that fits the life of the certificate counts as it is",
        arguments: [(30, 365), (30, 40), (0, 1), (363, 365), (0, 0)])
    func fitting(_ minimum: Int64, _ lifetime: Int64) {
        let window = RenewalWindow(minimum: minimum * Self.day, typed: "x", lifetime: lifetime * Self.day)
        guard lifetime > 0 else { return #expect(window.isTooLong && window.seconds == 0) }
        #expect(!window.isTooLong && window.diagnosis == nil && window.seconds == minimum * Self.day)
    }

    static let long: [(minimum: Int64, lifetime: Int64, words: String, setting: String)] = [
        (30 * day, 30 * day, "30 days", "10d"), (400 * day, 365 * day, "365 days", "121d"),
        // A new certificate has 364 days left: its first day is over.
        (364 * day, 365 * day, "365 days", "121d"), (30 * day, day, "24 hours", "8h"),
        (day, 3600, "60 minutes", "20m"), (day, 30, "30 seconds", "10s"), (day, 3 * day, "3 days", "24h"),
    ].filter { $0.0 >= $0.1 - min(day, $0.1 / 10) }

    @Test("one that is too long is replaced by a third of the life, and the warning names the value", arguments: long)
    func tooLong(_ minimum: Int64, _ lifetime: Int64, _ words: String, _ setting: String) throws {
        let window = RenewalWindow(minimum: minimum, typed: "TYPED", lifetime: lifetime)
        let diagnosis = try #require(window.diagnosis)
        #expect(diagnosis.id == "minimum-duration-too-long")
        #expect(
            diagnosis.message.hasPrefix(
                "'certificate.validity.minimum_duration' is TYPED, and the certificate is issued for \(words): "))
        #expect(diagnosis.hint == "Run 'sudo tedge config set certificate.validity.minimum_duration \(setting)'.")
        // Who follows the advice gets what already holds, without a warning.
        let typed = try SettingDuration(parsing: setting).duration.components.seconds
        #expect(window.seconds == typed)
        let after = RenewalWindow(minimum: typed, typed: setting, lifetime: lifetime)
        #expect(!after.isTooLong && after.seconds == window.seconds)
    }

    @Test("needs-renewal takes the setting as it is, and warns")
    func needsRenewal() throws {
        let fixture = try Fixture()
        try fixture.makePair()
        try fixture.write("certificate.validity.minimum_duration = '400d'\n", to: "tedge/tedge.toml")
        let viewer = CertificateViewer(CertificateSelection(cloud: nil, profile: nil, in: fixture.context))
        let report = viewer.needsRenewal(path: nil)
        #expect(report.status == 0)
        #expect(fixture.errors.hasPrefix("Status:        EXPIRES SOON (expires in: 1y)\nWarning: '"))
        #expect(fixture.errors.hasSuffix("certificate.validity.minimum_duration 122d'.\n"))
        #expect(
            report.checkedText.contains(#""due":true"#) && report.checkedText.contains(#""warning":"'certificate."#))
    }
}
