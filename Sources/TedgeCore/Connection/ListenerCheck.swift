/// Whether mosquitto can open the listener of this program.
struct ListenerCheck {
    private let plan: ConnectPlan
    private let context: Context

    init(_ plan: ConnectPlan, _ context: Context) {
        (self.plan, self.context) = (plan, context)
    }

    /// Why it cannot, by its configuration and by who holds the port; nil where nothing is in the way.
    func problem() -> ConnectError? {
        guard let listeners = plan.listeners else { return nil }
        let file = MosquittoFiles.Line(path: plan.paths.listeners, number: 1, key: "listener", value: "")
        let ours = MosquittoFiles.Listener(line: file, port: listeners.port, address: listeners.address)
        let others = MosquittoFiles(main: context.mosquittoConfiguration, files: context.files).listeners
        if let other = others.first(where: { $0.line.path != file.path && $0.clashes(with: ours) }) {
            return .listenerTwice(port: ours.port, ours: file.path, other: other.line.place)
        }
        guard let holder = PortHolder.of(ours.port, proc: context.processDirectory),
            let program = holder.program, program != "mosquitto"
        else { return nil }
        return .portHeld(port: ours.port, holder: holder.description)
    }
}

/// When this program was written: a clock that says an earlier time is wrong.
enum ProgramDate {
    /// 2026-11-01, in seconds since 1970.
    static let seconds: Int64 = 1_793_491_200
}
