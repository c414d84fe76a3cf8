import Synchronization

/// What systemd says about mosquitto's unit, asked once in a command. The process is that of the first question.
final class KnownUnit: Sendable {
    private let unit = Mutex<MosquittoUnit??>(nil)

    /// What is known, else what `ask` says.
    func value(_ ask: () -> MosquittoUnit?) -> MosquittoUnit? {
        if let known = unit.withLock({ $0 }) { return known }
        let answer = ask()
        unit.withLock { $0 = answer }
        return answer
    }
}

extension Context {
    /// The same context with mosquitto's unit and its main file, if systemd starts mosquitto.
    func knowingMosquitto() -> Context {
        guard mosquittoUnit == nil, files.exists(systemdDirectory), processes.isOnPath("systemctl"),
            (try? SystemSettings.load(from: self))?.commands == .systemd,
            let unit = knownUnit.value({ MosquittoUnit.load(self) })
        else { return self }
        var context = self
        context.mosquittoUnit = unit
        if unit.isInstalled, let main = unit.mainFile { context.mosquittoConfiguration = main }
        return context
    }

    /// The user that mosquitto runs as: that of its unit, else that of `user` in any of its files, else `mosquitto`
    /// (mosquitto.conf(5), `user`).
    var mosquittoUser: String {
        let context = knowingMosquitto()
        if let user = context.mosquittoUnit?.user { return user }
        return MosquittoFiles(main: context.mosquittoConfiguration, files: context.files).user
    }

    /// The account of that user; nil if the device does not know it.
    var mosquittoAccount: Account? { accounts.user(named: mosquittoUser) }

    /// The name of the mapper's program, if it is installed.
    var mapperProgram: String? { ["tedge-mapper", "tedge_mapper"].first(where: processes.isOnPath) }
}

extension MosquittoUnit {
    /// The running mosquitto, if systemd does not answer; nil if none runs.
    static func running(_ context: Context) -> MosquittoUnit? {
        let processes = ((try? context.files.list(context.processDirectory)) ?? []).compactMap { Int32($0) }
        for process in processes.sorted() {
            let directory = "\(context.processDirectory)/\(process)"
            guard let name = try? context.files.read("\(directory)/comm"), name == Array("mosquitto\n".utf8),
                let words = commandLine(process, context), let program = words.first, program.hasPrefix("/")
            else { continue }
            var unit = MosquittoUnit()
            (unit.program, unit.arguments, unit.process) = (program, Array(words.dropFirst()), process)
            unit.isAssumed = true
            return unit
        }
        return nil
    }
}

extension Context {
    /// Whether the process that holds a port is the mosquitto of the unit, so that a restart frees the port. A process that
    /// the caller may not see counts as that.
    func isServedByUnit(_ holder: ListeningProcess) -> Bool {
        guard let process = holder.process else { return true }
        if let unit = mosquittoUnit, unit.process == process { return true }
        // It may have been restarted since systemd was asked, or be started by a script.
        let path = "\(processDirectory)/\(process)/cgroup"
        guard mosquittoUnit != nil, let groups = try? files.read(path), !groups.isEmpty else {
            return holder.program == "mosquitto"
        }
        return String(decoding: groups, as: UTF8.self).contains("/mosquitto.service")
    }
}
