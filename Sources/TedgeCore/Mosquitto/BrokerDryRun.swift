import Sockets
import TLS

/// Has mosquitto read a configuration as its unit would have it read, in a process with its own network and files.
///
/// A configuration that mosquitto rejects then costs the device neither the broker that runs nor, after a power cut, the one
/// that is to start.
struct BrokerDryRun {
    /// A file that is planned.
    struct Planned {
        /// The contents; nil to remove it.
        var contents: [UInt8]?
        var mode: UInt16 = 0o644
        var owner = Owner(user: 0, group: 0)
    }

    let context: Context
    let unit: MosquittoUnit
    /// The directory of our files.
    let directory: String

    /// How long mosquitto may take, in seconds.
    static let timeout = 5
    /// What mosquitto says when it is ready.
    private static let ready = " running\n"

    /// Why mosquitto would not start; nil if it would, or if that cannot be found out. Throws `Interrupted`.
    ///
    /// - Parameters:
    ///   - planned: The planned files by their paths.
    ///   - links: The planned links with the paths of their targets; nil for one that is removed.
    func complaint(
        _ planned: [String: Planned] = [:], links: [String: String?] = [:]
    ) throws(Interrupted) -> MosquittoComplaint? {
        guard !unit.isBeyondDryRun, unit.isInstalled, let main = unit.mainFile else { return nil }
        guard let identity = identity() else {
            let name = unit.user ?? unit.group ?? ""
            return MosquittoComplaint("mosquitto's service is to run as '\(name)', which this device does not know.")
        }
        let files = MosquittoFiles(
            main: main, files: context.files, planned: planned.mapValues(\.contents), links: links)
        let deadline = ContinuousClock.now + .seconds(Self.timeout)
        let addresses = addresses(until: deadline)
        let configuration = DryRunConfiguration(
            files.lines, scratch: UnitStep.scratch, addresses: { addresses($0).first })
        if let problem = listenerProblem(configuration, addresses) { return problem }
        if let path = configuration.accesses.first(where: { $0.isForWriting && unit.sandbox.forbidsWriting($0.path) }) {
            return complaint(path, .readOnlyFileSystem)
        }
        var steps: [UnitStep] = [.ownMounts, .ownNetwork(isAnyPort: unit.mayUseEveryPort)]
        steps += unit.sandbox.hidden.map { .hide($0) } + unit.sandbox.empty.map { .empty($0) }
        steps += shown(files, configuration, planned, links, main)
        var start = start(identity, configuration, files)
        // Links lead a mosquitto that is not started as root into our directory, if this user may look there.
        let isLinked = identity != nil && links.values.contains { $0 != nil } && context.files.exists(self.directory)
        if isLinked { start.append(.check(self.directory, forWriting: false)) }
        do {
            let result = try run(steps + start + [.run([unit.program] + arguments + ["-v"])], until: deadline)
            guard result.ending == .exited(UnitStep.failure) else {
                return judge(result, steps + start, configuration, files)
            }
            let merged = MergedConfiguration(
                files, DryRunConfiguration(files.lines, scratch: nil, addresses: { addresses($0).first }))
            let words = [unit.program, "-c", MergedConfiguration.path, "-v"]
            var other = try run([.input(merged.text)] + start + [.run(words)], until: deadline)
            if MergedConfiguration.isAccepted(other.error) { return nil }
            other.error = other.error.split(separator: "\n").map { merged.located(String($0)) }.joined(separator: "\n")
            return judge(other, [.input([])] + start, configuration, files)
        } catch {
            try context.interruption.check()
            guard case .interrupted = error else { return nil }
            return hanging(files)
        }
    }

    /// The steps that come last in every kind of dry run.
    private func start(
        _ identity: Identity?, _ configuration: DryRunConfiguration, _ files: MosquittoFiles
    ) -> [UnitStep] {
        let checks = configuration.accesses.filter { !isPrepared($0.path) }
        return (identity.map { [.identity($0.owner, groups: $0.groups)] } ?? [])
            + [.workingDirectory(unit.workingDirectory), .environment(environment(identity?.name))]
            + (identity == nil ? checker(files) : [])
            + checks.map { .check($0.path, forWriting: $0.isForWriting) }
    }

    private func run(
        _ steps: [UnitStep], until deadline: ContinuousClock.Instant
    ) throws(ProcessError) -> ProcessResult {
        try context.processes.run(
            UnitProcess.command, input: UnitStep.encode(steps), until: Self.ready,
            interruption: context.interruption.bounded(by: deadline))
    }

    private struct Identity {
        let name: String
        let owner: Owner
        let groups: [UInt32]
    }

    // MARK: The process

    /// Who mosquitto is started as; the inner nil is root, the outer nil an account that does not exist.
    private func identity() -> Identity?? {
        guard unit.user != nil || unit.group != nil else { return .some(nil) }
        let user = unit.user ?? "root"
        let named = context.accounts.user(named: user)
        guard let account = named ?? UInt32(user).map({ Account(name: user, owner: Owner(user: $0, group: $0)) }) else {
            return .none
        }
        var owner = account.owner
        if let group = unit.group {
            guard let number = context.accounts.group(named: group) ?? UInt32(group) else { return .none }
            owner.group = number
        }
        let more = unit.groups.compactMap { context.accounts.group(named: $0) ?? UInt32($0) }
        let all = Set((named == nil ? [] : context.accounts.groups(of: account)) + more + [owner.group])
        return .some(Identity(name: user, owner: owner, groups: all.sorted()))
    }

    /// Who a mosquitto that is started as root becomes before it opens the paths that are checked.
    private func checker(_ files: MosquittoFiles) -> [UnitStep] {
        guard let account = context.accounts.user(named: files.user), account.owner.user != 0 else { return [] }
        return [.checker(account.owner, groups: context.accounts.groups(of: account).sorted())]
    }

    private var arguments: [String] { unit.arguments.filter { $0 != "-d" && $0 != "--daemon" } }

    /// What systemd gives a service (systemd.exec(5), "Environment variables in spawned processes").
    private func environment(_ user: String?) -> [String] {
        let usual = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
        return usual + (user.map { ["USER=\($0)", "LOGNAME=\($0)"] } ?? []) + unit.environment
    }

    /// The files that differ from those on the disk.
    private func shown(
        _ files: MosquittoFiles, _ configuration: DryRunConfiguration, _ planned: [String: Planned],
        _ links: [String: String?], _ main: String
    ) -> [UnitStep] {
        let covered = unit.sandbox.hidden + unit.sandbox.empty
        func file(_ path: String, _ last: String = "") -> UnitStep.File? {
            let plan = planned[path] ?? (links[path] ?? nil).flatMap { planned[$0] }
            guard let contents = plan?.contents ?? files.readings.first(where: { $0.path == path })?.contents else {
                return nil
            }
            let status = (try? context.files.status(path)) ?? nil
            return UnitStep.File(
                path: path, contents: configuration.text(contents, of: path) + Array(last.utf8),
                mode: plan?.mode ?? status?.mode ?? 0o644,
                owner: plan?.owner ?? status?.owner ?? Owner(user: 0, group: 0))
        }
        let paths = Set(configuration.changes.keys).union(planned.keys).union(links.keys).subtracting([main])
            .filter { path in !covered.contains { Path.isInside(path, $0) } }
        // A file that does not exist can only be shown in a directory that is shown.
        let shown = Set((Array(planned.keys) + links.keys).filter { $0 != main }.map(Path.directory(of:)))
        var steps: [UnitStep] = shown.sorted().map { directory in
            let inside = paths.filter { Path.directory(of: $0) == directory }.sorted()
            return .directory(
                directory, files: inside.compactMap { file($0) },
                hidden: inside.filter { path in
                    if let target = links[path] { return target == nil }
                    return planned[path].map { $0.contents == nil } ?? false
                })
        }
        steps += paths.filter { !shown.contains(Path.directory(of: $0)) }.sorted().compactMap { file($0) }
            .map { .file($0) }
        let ending = "\nlog_dest stderr\nlog_timestamp false\n"
        if !covered.contains(where: { Path.isInside(main, $0) }), let it = file(main, ending) {
            steps.append(.file(it))
        }
        return steps
    }

    /// The numeric addresses of a name, without a scope: the dry run does not have the interface.
    private func addresses(until deadline: ContinuousClock.Instant) -> (String) -> [String] {
        let interruption = context.interruption
        return { host in
            let waiter = Waiter<TLSError>(interrupted: { interruption.isRequested })
            let found = (try? AddressLookup.addresses(of: host, until: deadline, waiter)) ?? []
            return found.map { String($0.text.prefix { $0 != "%" }) }
        }
    }

    // MARK: Checks without mosquitto

    /// Why a listener cannot be opened: mosquitto ends if one cannot.
    private func listenerProblem(
        _ configuration: DryRunConfiguration, _ addresses: (String) -> [String]
    ) -> MosquittoComplaint? {
        for listener in configuration.listeners {
            let place = listener.line.place
            let hosts: [String]
            if let host = listener.host {
                // mosquitto listens on every address of the name, and ends if one cannot be.
                hosts = host.contains("%") ? [host] : addresses(host)
                if hosts.isEmpty {
                    return MosquittoComplaint(
                        "\(place): mosquitto cannot listen on \(host): it has no address.", at: place)
                }
            } else {
                hosts = ["0.0.0.0"]
            }
            for host in hosts {
                guard let error = context.listening(host, listener.port) else { continue }
                if error == .addressInUse {
                    guard let holder = ListeningProcess.of(listener.port, proc: context.processDirectory),
                        holder.process != unit.process, let program = holder.program, program != "mosquitto"
                    else { continue }
                    return MosquittoComplaint(
                        "\(place): mosquitto cannot listen on port \(listener.port): it is held by \(holder.description).",
                        at: place)
                }
                guard error == .addressNotAvailable else { continue }
                return MosquittoComplaint(
                    "\(place): mosquitto cannot listen on \(host): \(error).", at: place)
            }
        }
        return nil
    }

    /// Whether something that is run before mosquitto makes the directory of a path.
    private func isPrepared(_ path: String) -> Bool {
        let parent = Path.directory(of: path)
        return unit.isAssumed || unit.preparation.contains { $0.contains(parent) }
            || unit.sandbox.made.contains { Path.isInside(path, $0) }
    }

    private func complaint(_ access: DryRunConfiguration.Access, _ reason: SystemError) -> MosquittoComplaint {
        let place = access.line.place
        return MosquittoComplaint("\(place): mosquitto cannot \(access.purpose) \(access.path): \(reason)", at: place)
    }

    // MARK: The result

    private func failedCheck(
        _ result: ProcessResult, _ steps: [UnitStep], _ configuration: DryRunConfiguration
    ) -> MosquittoComplaint? {
        for line in result.output.split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { Int32($0) }
            guard numbers.count == 2, steps.indices.contains(Int(numbers[0])),
                case .check(let path, let forWriting) = steps[Int(numbers[0])]
            else { continue }
            if path == directory {
                var complaint = MosquittoComplaint("mosquitto cannot read \(path): \(SystemError(numbers[1]))")
                complaint.unreadable = path
                return complaint
            }
            guard let access = configuration.accesses.first(where: { $0.path == path && $0.isForWriting == forWriting })
            else { continue }
            return complaint(access, SystemError(numbers[1]))
        }
        return nil
    }

    private func judge(
        _ result: ProcessResult, _ steps: [UnitStep], _ configuration: DryRunConfiguration, _ files: MosquittoFiles
    ) -> MosquittoComplaint? {
        if let failed = failedCheck(result, steps, configuration) { return failed }
        // A container may forbid what the dry run needs. Addresses have been checked; the dry run's network has none of them.
        if result.ending == .exited(UnitStep.failure) || result.succeeded || result.error.contains(Self.ready) {
            return nil
        }
        let said = result.error.split(separator: "\n").map(String.init)
        if said.contains(where: { $0.contains("Cannot assign requested address") }) { return nil }
        if let complaint = MosquittoComplaint(said: said, in: files.lines, isThere: context.files.exists) {
            return complaint
        }
        let words = MosquittoLogPattern.tail(said)
        guard words.isEmpty else { return MosquittoComplaint(words.joined(separator: "\n")) }
        return switch result.ending {
        case .exited(let status): MosquittoComplaint("mosquitto ended with status \(status) and said nothing.")
        case .signalled(let signal): MosquittoComplaint("mosquitto was ended by signal \(signal) and said nothing.")
        }
    }

    private static let fileKeys: Set = [
        "acl_file", "cafile", "certfile", "crlfile", "dhparamfile", "keyfile", "password_file", "psk_file",
    ]

    private func hanging(_ files: MosquittoFiles) -> MosquittoComplaint {
        let pipe = files.lines.first { line in
            Self.fileKeys.contains(line.key) && ((try? context.files.status(line.value)) ?? nil)?.kind == .other
        }
        let text = "mosquitto was not ready within \(Self.timeout) seconds."
        guard let pipe else { return MosquittoComplaint(text) }
        return MosquittoComplaint(
            "\(text)\n\(pipe.place): \(pipe.key) \(pipe.value) is not a file, so that mosquitto may wait for it.",
            at: pipe.place)
    }
}
