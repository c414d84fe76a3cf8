import Foundation

/// The release of this program.
public enum ProgramRelease {
    /// The version that `tedge --version` prints.
    public static let version = "1.0.0"
    /// 2026-11-01, in seconds since 1970: a clock that shows an earlier time is wrong.
    static let date: Int64 = 1_793_491_200

    /// The day of `date` in English, as in `November 1, 2026`.
    public static var day: String {
        var seconds = time_t(date)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return unsafe "\(months[Int(parts.tm_mon)]) \(parts.tm_mday), \(parts.tm_year + 1900)"
    }
}
