/// The release of this program.
public enum ProgramRelease {
    /// The version that `tedge --version` prints.
    public static let version = "1.0.0"
    /// 2026-11-01, in seconds since 1970: a clock that shows an earlier time is wrong.
    static let date: Int64 = 1_793_491_200
}
