/// From when until when a new certificate is valid.
public struct CertificateValidity: Sendable, Equatable {
    /// Why a requested length of time will not do.
    public enum Problem: Error, Equatable {
        /// The certificate would expire within a day, or has expired when it is made.
        case tooShort
        /// The certificate would be valid beyond the year 9999.
        case tooLong

        /// The problem in words, with what was requested.
        func text(_ typed: String) -> String {
            let setting = "'certificate.validity.requested_duration' is \(typed)"
            return switch self {
            case .tooShort:
                "\(setting): a certificate is valid for whole days, the first of which is over when it is made, so that less "
                    + "than 2 days leave no time."
            case .tooLong: "\(setting): no certificate can be valid beyond the year 9999."
            }
        }
    }

    /// Seconds since 1970.
    let begin: Int64
    /// Seconds since 1970.
    let end: Int64
    private static let day: Int64 = 86_400
    /// The last second of the year 9999.
    private static let last: Int64 = 253_402_300_799

    /// Takes the whole days of a length of time, from a day ago on, so that clocks may differ. Throws what is wrong with it.
    ///
    /// - Parameter now: Seconds since 1970.
    init(_ requested: Duration, now: Int64) throws(Problem) {
        begin = now - Self.day
        let days = requested.components.seconds / Self.day
        guard days >= 2 else { throw .tooShort }
        let (length, isTooLong) = days.multipliedReportingOverflow(by: Self.day)
        let (end, isTooLate) = begin.addingReportingOverflow(length)
        guard !isTooLong, !isTooLate, end <= Self.last else { throw .tooLong }
        self.end = end
    }

    /// Takes the length of time from the settings. Throws `badValidity`.
    init(_ settings: Settings, now: Int64) throws {
        let key = "certificate.validity.requested_duration"
        let requested = try settings.duration(key)
        do {
            try self.init(requested, now: now)
        } catch {
            throw CertificateError.badValidity(error, typed: try settings.required(key))
        }
    }
}
