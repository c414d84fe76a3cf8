/// Services and their logs.
extension BundleSource {
    /// The services that the bundle is about.
    private var all: [Service] {
        let mappers = connections.map { Service.mapper($0.cloud, $0.profile) }
        return [.mosquitto, .agent, .singleMapper] + mappers.filter { $0 != .singleMapper }
    }

    private var manager: ServiceManager? {
        (try? SystemSettings.load(from: context)).map { ServiceManager($0, in: context) }
    }

    private static let properties = [
        "Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "Result", "NRestarts", "ExecMainStartTimestamp",
        "ExecMainExitTimestamp", "ExecMainCode", "ExecMainStatus", "MainPID", "FragmentPath", "DropInPaths",
        "NeedDaemonReload",
    ]

    /// What the service manager says of each service.
    func services() -> BundlePart {
        var part = BundlePart()
        var text = ""
        if let manager, !manager.isDefault {
            for service in all {
                text += output(ServiceCommands.words(manager.commands.isActive, for: service.unit), &part)
            }
        } else {
            let units = all.map { "\($0.unit).service" }
            for words in [
                ["list-units", "--all", "--full", "--plain", "mosquitto*", "tedge*"],
                ["list-timers", "--all", "tedge*"],
                ["show", "--property=\(Self.properties.joined(separator: ","))"] + units,
                ["status", "--full", "--lines=0"] + units, ["cat"] + units,
            ] {
                text += output(["systemctl", "--no-pager"] + words, &part)
            }
        }
        part.add("services.txt", text)
        return part
    }

    /// The last lines of each start of the services.
    func logs() -> BundlePart {
        var part = BundlePart()
        if manager?.isDefault != false, context.processes.isOnPath("journalctl") {
            for service in all { part.add("logs/\(service.unit).journal.log", journal(of: service, &part)) }
            // Without the right to read it, journalctl shows the lines of the caller, which are none.
            if part.files.isEmpty, part.unread.isEmpty, !context.accounts.isRoot {
                part.miss(
                    "the journal", "only root and the members of adm and systemd-journal may read it", isForbidden: true
                )
            }
        }
        let context = context.knowingMosquitto()
        if let path = MosquittoLog(context).file {
            for (path, name) in [(path + ".1", "mosquitto.log.1"), (path, "mosquitto.log")] {
                let lines = lastLines(of: path, &part)
                part.add("logs/\(name)", LogStarts.text(LogStarts.split(lines, isStart: LogStarts.isStartOfMosquitto)))
            }
        }
        if let directory = (try? settings?.string("logs.path")) ?? nil {
            for name in ((try? context.files.list(directory)) ?? []).filter({ $0.hasSuffix(".log") }).suffix(10) {
                let lines = lastLines(of: Path.join(directory, name), &part).suffix(200)
                part.add("logs/tedge/\(name)", lines.map { "\($0)\n" }.joined())
            }
        }
        return part
    }

    /// The last lines of a file, without the first one if it may be half a line.
    private func lastLines(of path: String, _ part: inout BundlePart) -> [String] {
        do throws(FileError) {
            let bytes = try context.files.readTail(path, count: BundlePart.limit)
            return bytes.split(separator: 0x0A).dropFirst(bytes.count == BundlePart.limit ? 1 : 0).map {
                String(decoding: $0, as: UTF8.self)
            }
        } catch {
            part.miss(error)
            return []
        }
    }

    /// What the journal has of a service: the last lines of each start or, if it does not know the starts, the last lines.
    private func journal(of service: Service, _ part: inout BundlePart) -> String {
        let unit = "\(service.unit).service"
        // That a unit is starting, and that it has started (systemd's catalog of messages).
        let starts = [
            "--output=json", "--output-fields=INVOCATION_ID", "--lines=\(2 * LogStarts.starts)", "UNIT=\(unit)",
            "MESSAGE_ID=7d4958e842da4a758f6c1cdc7b36dcc5", "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf",
        ]
        guard let answer = lines(starts, &part) else { return "" }
        var parts = LogStarts.invocations(in: answer).suffix(LogStarts.starts).map { id -> [String] in
            let words = [
                "--output=short-iso", "--lines=71", "_SYSTEMD_INVOCATION_ID=\(id)", "+", "INVOCATION_ID=\(id)",
            ]
            return Self.rows(lines(words, &part) ?? "")
        }
        if parts.allSatisfy(\.isEmpty) {
            parts = [Self.rows(lines(["--output=short-iso", "--lines=200", "--unit=\(unit)"], &part) ?? "")]
        }
        return LogStarts.text(parts)
    }

    private static func rows(_ text: String) -> [String] { text.split(separator: Character("\n")).map(String.init) }

    /// What journalctl prints; nil if it cannot be asked.
    private func lines(_ words: [String], _ part: inout BundlePart) -> String? {
        do throws(ProcessError) {
            let result = try context.processes.ask(
                ["journalctl", "--quiet", "--no-pager"] + words, within: AskingProcesses.limit,
                interruption: context.interruption)
            return result.output
        } catch {
            part.miss("the journal", Self.why(error))
            return nil
        }
    }
}
