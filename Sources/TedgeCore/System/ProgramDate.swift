/// When this program was written: a clock that shows an earlier time is wrong.
enum ProgramDate {
    /// 2026-11-01, in seconds since 1970.
    static let seconds: Int64 = 1_793_491_200
}
