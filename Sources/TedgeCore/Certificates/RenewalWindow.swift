import X509

/// When a certificate is renewed unattended: if it remains valid for no longer than `certificate.validity.minimum_duration`.
///
/// A setting that is longer than the certificate lives would have it renewed again as soon as it is there. Then the last
/// third of its life counts instead. `cert needs-renewal` takes the setting as it is, as thin-edge.io does.
struct RenewalWindow: Equatable {
    /// The seconds of remaining validity from which on a renewal is due.
    let seconds: Int64
    /// Whether the setting is too long for the certificate.
    let isTooLong: Bool
    private let lifetime: Int64
    /// The setting as it was typed.
    private let typed: String

    static let key = "certificate.validity.minimum_duration"

    /// Reads the setting, and compares it with the life of a certificate.
    init(_ settings: Settings, for certificate: Certificate) throws {
        let minimum = try settings.duration(Self.key).components.seconds
        self.init(
            minimum: minimum, typed: try settings.required(Self.key),
            lifetime: certificate.notAfter - certificate.notBefore)
    }

    /// Compares a length of time with the life of a certificate, both in seconds.
    init(minimum: Int64, typed: String, lifetime: Int64) {
        (self.lifetime, self.typed) = (max(lifetime, 0), typed)
        // A new certificate has used up some of its life already: its beginning is put back, so that clocks may differ.
        isTooLong = minimum >= self.lifetime - min(86_400, self.lifetime / 10)
        seconds = isTooLong ? LengthOfTime(self.lifetime / 3).seconds : minimum
    }

    /// The warning about a setting that is too long; nil if it fits.
    var diagnosis: Diagnosis? {
        guard isTooLong else { return nil }
        let part = LengthOfTime(seconds)
        return Diagnosis(
            .minimumDurationTooLong,
            "'\(Self.key)' is \(typed), and the certificate is issued for \(LengthOfTime(lifetime).words): it would be renewed "
                + "again and again. 'tedge cert renew --if-due' renews it in its last \(part.words) instead.",
            hint: "Run 'sudo tedge config set \(Self.key) \(part.setting)'.")
    }
}

extension Console {
    /// Prints a warning with the command that puts things right.
    func warning(_ diagnosis: Diagnosis) {
        warning(diagnosis.message + (diagnosis.hint.map { "\nHint: \($0)" } ?? ""))
    }
}

/// Whole days, hours, minutes or seconds: the largest unit of which there are two.
private struct LengthOfTime {
    let count: Int64
    let unit: (letter: String, word: String, seconds: Int64)

    init(_ seconds: Int64) {
        let units = [("d", "day", 86_400), ("h", "hour", 3600), ("m", "minute", 60)] as [(String, String, Int64)]
        unit = units.first { seconds >= 2 * $0.2 } ?? ("s", "second", 1)
        count = seconds / unit.seconds
    }

    var seconds: Int64 { count * unit.seconds }
    /// As it is typed for a setting.
    var setting: String { "\(count)\(unit.letter)" }
    var words: String { "\(count) \(unit.word)\(count == 1 ? "" : "s")" }
}
