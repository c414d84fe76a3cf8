/// Links instead of the line that an earlier release wrote into mosquitto's main file, if a mosquitto that is started then does
/// what one does now. Reads files and decides; changes nothing.
struct LinkMigration {
    let planner: ListenerPlanner

    /// What is to be changed, or why nothing can be.
    enum Decision {
        /// There is no such line.
        case unneeded
        case plan(ListenerPlan)
        case refused(String)
    }

    private var files: any Files { planner.files }
    private var main: String { planner.main }

    /// Decides. Throws what cannot be read.
    func decide() throws -> Decision {
        let found = MosquittoFiles(main: main, files: files)
        try found.requireAll()
        let lines = found.inclusions(of: planner.directory, files: files)
        guard let line = lines.first else { return .unneeded }
        guard lines.count == 1 else { return .refused("\(planner.directory) is included \(lines.count) times") }
        guard let contents = try without(line) else {
            return .refused("the line \(line.place) was written by somebody else")
        }
        guard let directory = LinkDirectory(of: found, main: main, files: files) else {
            return .refused("\(main) does not include \(LinkDirectory.beside(main).path) exactly once")
        }
        let targets = OwnFiles(in: planner.directory, files)
        guard !targets.hasOthers else { return .refused("\(planner.directory) has configuration files of others") }
        guard directory.hasRoom(for: targets.paths, files) else {
            return .refused("\(directory.path) has files with the names of the links")
        }
        let links = targets.paths.map { (directory.path(for: $0, files), String?.some($0)) }
        let after = MosquittoFiles(
            main: main, files: files, planned: [main: contents], links: Dictionary(uniqueKeysWithValues: links))
        guard isSame(found.lines, after.lines) else {
            return .refused("mosquitto would read files in another order, and some of their lines depend on it")
        }
        let stale = directory.stale(besides: targets.paths, in: planner.directory, files)
        return .plan(ListenerPlan(main: contents, links: directory, targets: targets.paths, stale: stale))
    }

    /// The main file without a line; nil if the line is not one that this program writes.
    private func without(_ line: MosquittoFiles.Line) throws -> [UInt8]? {
        guard MosquittoFiles.canonical(line.path, files) == MosquittoFiles.canonical(main, files) else { return nil }
        let feed = UInt8(ascii: "\n")
        let text = try files.read(main, limit: MosquittoFileReader.limit)
        var lines = text.split(separator: feed, omittingEmptySubsequences: false)
        guard lines.indices.contains(line.number - 1),
            lines[line.number - 1].elementsEqual("include_dir \(planner.directory)".utf8)
        else { return nil }
        lines.remove(at: line.number - 1)
        return Array(lines.joined(separator: [feed]))
    }

    /// Whether two sequences of the same lines mean the same: each line is about the same listener or bridge, lines with the
    /// same name keep their order, and every listener has the same access.
    private func isSame(_ before: [MosquittoFiles.Line], _ after: [MosquittoFiles.Line]) -> Bool {
        let (old, new) = (scoped(before), scoped(after))
        guard old.map(\.id) != new.map(\.id) else { return true }
        guard
            Dictionary(grouping: old, by: \.key).mapValues({ $0.map(\.id) })
                == Dictionary(grouping: new, by: \.key).mapValues({ $0.map(\.id) })
        else { return false }
        let models = [before, after].map { MosquittoModel($0, dialect: planner.dialect) }
        return models[0].refusals.isEmpty == models[1].refusals.isEmpty && access(models[0]) == access(models[1])
    }

    private struct Scoped {
        /// The line with the listener or bridge that it is about.
        let id: String
        /// What must keep its order: all lines with a name, or those about one listener or bridge.
        let key: String
    }

    private func scoped(_ lines: [MosquittoFiles.Line]) -> [Scoped] {
        var (listener, bridge) = ("", "")
        return lines.compactMap { line in
            guard line.key != "include_dir" else { return nil }
            let own = "\(line.canonical):\(line.number)"
            if line.key == "listener" { listener = own }
            if line.key == "connection" { bridge = own }
            if MosquittoDialect.concernsBroker(line) { return Scoped(id: own, key: line.key) }
            let isAccess =
                MosquittoDialect.accessKeys.contains(line.key) || MosquittoDialect.pluginKeys.contains(line.key)
            let scope =
                line.key == "listener" || isAccess || MosquittoDialect.concernsListener(line) ? listener : bridge
            return Scoped(id: "\(own) \(scope)", key: "\(line.key) \(scope)")
        }
    }

    private func access(_ model: MosquittoModel) -> [String] {
        model.listeners.map { "\($0.line.canonical):\($0.line.number) \($0.endpoint) \(model.access(of: $0))" }.sorted()
    }
}
