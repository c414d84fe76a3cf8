/// How mosquitto is made to read our files.
enum Inclusion: Sendable {
    /// It reads them already, or its files must not be changed.
    case unchanged
    /// By a line of its main file, whose new contents these are.
    case line([UInt8])
    /// By symbolic links in a directory that its main file includes.
    case links(LinkDirectory)

    /// Whether the main file stays as it is because there are links.
    var isByLinks: Bool { if case .links = self { true } else { false } }
}

extension ListenerPlan {
    /// Has mosquitto read our files, which it then never finds under two names, nor by a link that leads nowhere.
    ///
    /// - Parameter path: The main file.
    func include(in path: String, _ transaction: FileTransaction, _ files: any Files) throws(FileError) {
        for link in stale { _ = try transaction.remove(link) }
        if let main { try transaction.write(path, main) }
        guard let links else { return }
        for target in targets where files.exists(target) { try links.add(target, transaction, files) }
    }
}

/// The directory of mosquitto's package for files of other packages, `conf.d` beside the main file, with our symbolic links.
/// mosquitto reads linked files, but no `include_dir` in them, and does not start if a link leads nowhere.
struct LinkDirectory: Sendable, Equatable {
    /// The directory.
    let path: String

    private init(path: String) { self.path = path }

    /// The directory beside a main file, whether this includes it or not.
    static func beside(_ main: String) -> LinkDirectory {
        LinkDirectory(path: Path.join(Path.directory(of: main), "conf.d"))
    }

    /// The directory of a mosquitto; nil if it has none, or if its main file does not include it exactly once.
    init?(of found: MosquittoFiles, main: String, files: any Files) {
        let wanted = Self.beside(main)
        guard files.isDirectory(wanted.path), found.inclusions(of: wanted.path, files: files).count == 1 else {
            return nil
        }
        self = wanted
    }

    /// The links to files of a directory by their paths, with the paths of the files, which need not exist.
    func links(to directory: String, _ files: any Files) -> [String: String] {
        let wanted = MosquittoFiles.canonicalDirectory(directory, files)
        var found: [String: String] = [:]
        for name in (try? files.list(path)) ?? [] where MosquittoFileReader.isRead(name) {
            let link = Path.join(path, name)
            guard let status = (try? files.status(link, followLinks: false)) ?? nil, status.kind == .link else {
                continue
            }
            let target = MosquittoFiles.canonical(link, files)
            if Path.directory(of: target) == wanted { found[link] = target }
        }
        return found
    }

    /// The link by which mosquitto reads a file of ours: one that is there, by any name, else the one to create. mosquitto reads
    /// those that we create in the order in which it would read the files.
    func path(for target: String, _ files: any Files) -> String {
        let name = Path.name(of: target)
        let own = Path.join(path, name.hasPrefix(Self.prefix) ? name : Self.prefix + name)
        let present = all(to: target, files)
        return present.contains(own) ? own : present.first ?? own
    }

    /// All links to a file, by any name.
    func all(to target: String, _ files: any Files) -> [String] {
        let canonical = MosquittoFiles.canonical(target, files)
        return links(to: Path.directory(of: target), files).filter { $0.value == canonical }.keys.sorted()
    }

    /// The links with a name of ours that must not be there if mosquitto is to read these files of a directory by links: they
    /// lead to other files, or to the same file as another link.
    func stale(besides targets: [String], in directory: String, _ files: any Files) -> [String] {
        let wanted = Set(targets.map { path(for: $0, files) })
        return links(to: directory, files).keys.filter { link in
            Path.name(of: link).hasPrefix(Self.prefix) && !wanted.contains(link)
        }.sorted()
    }

    /// Whether nothing of somebody else has the name of a link to one of these files.
    func hasRoom(for targets: [String], _ files: any Files) -> Bool {
        targets.allSatisfy { target in
            let link = path(for: target, files)
            if links(to: Path.directory(of: target), files)[link] != nil { return true }
            return ((try? files.status(link, followLinks: false)) ?? nil) == nil
        }
    }

    /// Creates the link to a file that exists, unless there is one.
    func add(_ target: String, _ transaction: FileTransaction, _ files: any Files) throws(FileError) {
        try transaction.link(path(for: target, files), to: target)
    }

    private static let prefix = "tedge-"
}

/// Which files of our directory there are.
struct OwnFiles: Sendable {
    /// The directory.
    let directory: String
    private let names: [String]

    /// Lists the directory.
    init(in directory: String, _ files: any Files) {
        self.directory = directory
        names = ((try? files.list(directory)) ?? []).filter(MosquittoFileReader.isRead).sorted()
    }

    /// The listeners and the bridges.
    var paths: [String] { names.filter(Self.isOurs).map { Path.join(directory, $0) } }

    /// Whether mosquitto would read files of others there, which get no links: their owner removes them without us, and then
    /// mosquitto would not start.
    var hasOthers: Bool { !names.allSatisfy(Self.isOurs) }

    private static func isOurs(_ name: String) -> Bool {
        BridgePaths.isBridge(name) || [BridgePaths.listenersName, BridgePaths.durabilityName].contains(name)
    }
}

/// The names under which mosquitto reads what this program writes.
struct OwnNames: Sendable {
    private let names: Set<String>
    private let directory: String

    /// - Parameter links: Links to files of the directory, also planned ones.
    init(_ directory: String, links: some Sequence<String> = []) { (self.directory, names) = (directory, Set(links)) }

    /// The names on a device.
    init(_ directory: String, in context: Context) {
        let links = LinkDirectory.beside(context.mosquittoConfiguration).links(to: directory, context.files)
        self.init(directory, links: links.keys)
    }

    /// Whether this program writes the file of this name.
    func contains(_ path: String) -> Bool { Path.isInside(path, directory) || names.contains(path) }
}
