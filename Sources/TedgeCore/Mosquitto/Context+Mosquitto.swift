extension Context {
    /// The same ways, with how systemd starts mosquitto and so its main file, where systemd does.
    func knowingMosquitto() -> Context {
        guard mosquittoUnit == nil, files.exists(systemdDirectory), processes.isOnPath("systemctl"),
            (try? SystemSettings.load(from: self))?.commands == .systemd,
            let unit = MosquittoUnit.load(self)
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
        let lines = MosquittoFiles(main: context.mosquittoConfiguration, files: context.files).lines
        return lines.last { $0.key == "user" && !$0.value.isEmpty }?.value ?? "mosquitto"
    }
}

extension MosquittoUnit {
    /// The mosquitto that runs, for a systemd that does not answer; nil if none does.
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
