/// How the file with our listeners says who may connect to them.
///
/// mosquitto 2.0 knows access for all listeners, or with `per_listener_settings true` for each of them, which changes the
/// meaning of lines above a listener; 2.1 also knows `listener_allow_anonymous` and deprecates the other.
enum ListenerAccess: Sendable, CaseIterable {
    /// `per_listener_settings true`, then `allow_anonymous` for each listener of ours.
    case separate
    /// `listener_allow_anonymous` for each listener of ours.
    case own
    /// `allow_anonymous` alone: the owner separates the listeners already, or all listeners are ours.
    case shared
    /// Nothing: the owner's lines already let our programs in.
    case inherited
}

/// What is written so that mosquitto has our listeners and the owner's listeners stay the same.
struct ListenerPlan {
    /// The contents of the file with our listeners; nil if none is wanted.
    var text: String?
    /// The main file with the line that includes our directory; nil if it does not change.
    var main: [UInt8]?
    /// The directory with links to our files, which it may have already; nil if mosquitto reads them in another way.
    var links: LinkDirectory?
    /// The files that get links, as far as they exist.
    var targets: [String] = []
    /// Links of ours that mosquitto must not read any more.
    var stale: [String] = []
    /// What this means to mosquitto; nil if it is unknown which files mosquitto reads.
    var model: MosquittoModel?
}

/// Finds a form for our listeners, and a place for the line that includes them, with which the access to all other listeners
/// stays the same. Reads files and decides; changes nothing.
struct ListenerPlanner {
    let files: any Files
    /// mosquitto's main file.
    let main: String
    /// The directory of our files.
    let directory: String
    /// The file with our listeners.
    let path: String
    let listeners: ListenerConfiguration?
    let dialect: MosquittoDialect
    /// Whether the programs of this device use a user name, so that they need no anonymous access.
    let hasCredentials: Bool
    /// Whether the main file may get a line, and `conf.d` links.
    let mayInclude: Bool
    /// Whether links may be used at all.
    var mayLink = true
    /// The bridges that are about to be written.
    var bridges: [String] = []

    /// Throws `MosquittoConfigurationError` if every form would change somebody's access.
    func plan() throws -> ListenerPlan {
        let found = MosquittoFiles(main: main, files: files, planned: [path: nil])
        try found.requireAll()
        let included = found.inclusions(of: directory, files: files)
        if included.count > 1 {
            throw MosquittoConfigurationError.includedTwice(directory, included.map(\.place))
        }
        let before = MosquittoModel(found.lines, dialect: dialect)
        let inclusions = try inclusions(found, isIncluded: !included.isEmpty)
        guard let listeners else {
            // Bridges alone change nobody's access.
            return plan(nil, inclusions.first ?? .unchanged, before)
        }
        let others = Set(found.lines.map(\.key))
        // The main file stays as it is if any form allows it.
        let ways = [true, false].flatMap { isLinked in
            candidates.flatMap { form in inclusions.filter { $0.isByLinks == isLinked }.map { (form, $0) } }
        }
        var objection: Objection?
        for (access, inclusion) in ways {
            let text = MosquittoRenderer.text(of: listeners, access, dialect, without: others)
            let read = read(text, inclusion)
            let model = MosquittoModel(read.lines, dialect: dialect)
            // If both cannot be open, a person has to know that first; `ListenerCheck` says so.
            let isTaken = before.listeners.contains { $0.isDefault && $0.port == listeners.port }
            guard !isTaken, let found = self.objection(before, model, listeners) else {
                let names = read.names(of: path, files: files)
                guard names.count <= 1 else { throw MosquittoConfigurationError.readTwice(path, names) }
                return plan(text, inclusion, model)
            }
            if objection.map({ found.weight > $0.weight }) ?? true { objection = found }
        }
        guard let objection else { return ListenerPlan(text: nil, model: before) }
        throw objection.error(dialect)
    }

    /// Has mosquitto read our files, and says nothing of the listeners.
    func planWithoutListeners() throws -> ListenerPlan {
        let found = MosquittoFiles(main: main, files: files)
        let isIncluded = !found.inclusions(of: directory, files: files).isEmpty
        return plan(
            nil, try inclusions(found, isIncluded: isIncluded).first ?? .unchanged, MosquittoModel([], dialect: dialect)
        )
    }

    /// The ways in which mosquitto can be made to read our files, the preferred one first: links leave its main file alone,
    /// which the package of mosquitto wants to replace when it is upgraded.
    private func inclusions(_ found: MosquittoFiles, isIncluded: Bool) throws -> [Inclusion] {
        guard !isIncluded, mayInclude else { return [.unchanged] }
        let links = linkDirectory(found).map { [Inclusion.links($0)] } ?? []
        let all = try links + IncludeLine(main, files).placements(of: directory).map(Inclusion.line)
        return all.isEmpty ? [.unchanged] : all
    }

    /// The directory for links to our files; nil if they cannot be used.
    func linkDirectory(_ found: MosquittoFiles) -> LinkDirectory? {
        guard mayLink, !OwnFiles(in: directory, files).hasOthers,
            let links = LinkDirectory(of: found, main: main, files: files), links.hasRoom(for: targets, files)
        else { return nil }
        return links
    }

    /// The files of ours that mosquitto is to read.
    var targets: [String] {
        let present = OwnFiles(in: directory, files).paths.filter { $0 != path }
        return Set(present + bridges + (listeners == nil ? [] : [path])).sorted()
    }

    /// The links of ours that must not be there.
    func stale(_ inclusion: Inclusion) -> [String] {
        guard mayInclude else { return [] }
        if case .links(let links) = inclusion { return links.stale(besides: targets, in: directory, files) }
        return LinkDirectory.beside(main).stale(besides: [], in: directory, files)
    }

    private func plan(_ text: String?, _ inclusion: Inclusion, _ model: MosquittoModel) -> ListenerPlan {
        var plan = ListenerPlan(text: text, stale: stale(inclusion), model: model)
        switch inclusion {
        case .unchanged: break
        case .line(let contents): plan.main = contents
        case .links(let directory): (plan.links, plan.targets) = (directory, targets)
        }
        return plan
    }

    /// What mosquitto reads with a text for our listeners.
    private func read(_ text: String, _ inclusion: Inclusion) -> MosquittoFiles {
        var planned: [String: [UInt8]?] = [path: Array(text.utf8)]
        var links: [String: String?] = [:]
        for link in stale(inclusion) { links[link] = .some(nil) }
        switch inclusion {
        case .unchanged: break
        case .line(let contents): planned[main] = contents
        case .links(let directory):
            // Bridges that are not written yet change nobody's access.
            for target in targets where target == path || files.exists(target) {
                links[directory.path(for: target, files)] = target
            }
        }
        return MosquittoFiles(main: main, files: files, planned: planned, links: links)
    }

    /// The form for a mosquitto whose configuration is unknown.
    static func usualText(_ listeners: ListenerConfiguration, _ dialect: MosquittoDialect) -> String {
        MosquittoRenderer.text(of: listeners, dialect.hasListenerAccess ? .own : .separate, dialect, without: [])
    }

    private var candidates: [ListenerAccess] {
        // mosquitto 2.1 also accepts the deprecated form, which alone keeps an access list away from our listener.
        if dialect.hasListenerAccess { return [.own, .inherited, .separate] }
        return hasCredentials ? [.separate, .inherited, .shared] : [.separate, .shared, .inherited]
    }

    // MARK: What is wrong with a form

    /// What is wrong with a form.
    private struct Objection {
        enum Kind: Int {
            /// mosquitto refuses it.
            case refused
            /// Our programs are not let in.
            case closed
            /// Somebody else's listener changes.
            case changes
        }
        let kind: Kind
        /// The lines in the way.
        let lines: [MosquittoFiles.Line]
        var weight: Int { kind.rawValue }

        init(_ kind: Kind, _ lines: [MosquittoFiles.Line]) { (self.kind, self.lines) = (kind, lines) }

        func error(_ dialect: MosquittoDialect) -> MosquittoConfigurationError {
            let said = lines.map { "\($0.place) says '\($0.key) \($0.value)'" }
            return kind == .closed ? .accessClosed(said, dialect) : .accessChanges(said, dialect)
        }
    }

    private func objection(
        _ before: MosquittoModel, _ after: MosquittoModel, _ wanted: ListenerConfiguration
    ) -> Objection? {
        let canonical = MosquittoFiles.canonical(path, files)
        let isOurs = { (line: MosquittoFiles.Line) in line.canonical == canonical }
        if after.refusals.count > before.refusals.count, let refusal = after.refusals.first {
            switch refusal {
            case .tooLate(let line, let access): return Objection(.refused, [isOurs(line) ? access : line])
            case .withoutListener(let line): return Objection(.refused, [line])
            }
        }
        let others = after.listeners.filter { !isOurs($0.line) }
        if others.count > before.listeners.count, let opened = others.last(where: \.isDefault) {
            return Objection(.changes, [opened.line])
        }
        for (new, old) in zip(others, before.listeners) where after.access(of: new) != before.access(of: old) {
            let lines = (before.perListener == nil ? before.shared : old.access).all
            return Objection(.changes, lines.isEmpty ? [old.line] : lines)
        }
        let ours = after.listeners.filter { isOurs($0.line) }
        // Our listener replaces mosquitto's own one for this device.
        if before.isLocalOnly, let first = ours.first, first.port == 1883,
            before.localAccess != after.access(of: first),
            !before.shared.all.isEmpty
        {
            return Objection(.changes, before.shared.all)
        }
        return zip(ours, [wanted.isAnonymous] + (wanted.external.map { [$0.authoritiesPath == nil] } ?? []))
            .lazy.compactMap { objection(to: $0, wanted: $1, after) }.first
    }

    /// What is wrong with the access to a listener of ours.
    private func objection(
        to ours: MosquittoModel.Listener, wanted: Bool, _ after: MosquittoModel
    ) -> Objection? {
        if hasCredentials { return nil }
        let access = after.access(of: ours)
        let deciding = after.perListener == nil ? after.shared : ours.access
        if access.allowsAnonymous != wanted {
            let lines = deciding.lines["allow_anonymous"].map { [$0] } ?? deciding.all
            return Objection(.closed, lines.isEmpty ? [after.listeners.first?.line ?? ours.line] : lines)
        }
        if let list = deciding.lines["acl_file"], !isOpen(list.value) { return Objection(.closed, [list]) }
        let plugin = deciding.plugins.compactMap(\.first).first { !Self.isHarmless($0.value) }
        return plugin.map { Objection(.closed, [$0]) }
    }

    private func isOpen(_ list: String) -> Bool {
        guard let bytes = try? files.read(list, limit: MosquittoFileReader.limit) else { return false }
        return AccessControlList.letsAnonymousClientsDoAll(bytes)
    }

    /// Whether a plugin is known to have nothing to do with access.
    private static func isHarmless(_ plugin: String) -> Bool {
        let name = Path.name(of: plugin)
        return name.contains("persist") || name.contains("sparkplug")
    }
}

/// mosquitto's file of topics that clients may use (mosquitto.conf(5), `acl_file`).
enum AccessControlList {
    /// Whether clients without a user name may read and write every topic.
    static func letsAnonymousClientsDoAll(_ bytes: [UInt8]) -> Bool {
        var allows = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard let first = words.first, first.first != "#" || words.count == 0 else { continue }
            if first == "user" { break }
            guard first == "topic" else { continue }
            if words.count > 1, words[1] == "deny" { return false }
            if words.dropFirst() == ["#"] || words.dropFirst() == ["readwrite", "#"] { allows = true }
        }
        return allows
    }
}
