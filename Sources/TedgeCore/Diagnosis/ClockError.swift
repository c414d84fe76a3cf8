/// The clock shows a time before this program was written.
struct ClockError: ExplainedError, Equatable {
    let clock: String

    var id: ReasonID { .clockWrong }
    var causes: [String] { ["The clock of this device is wrong: it says \(clock)."] }
    var hint: String? { "Run 'sudo timedatectl set-ntp true', or 'sudo date --set=<time>'." }
}
