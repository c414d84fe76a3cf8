/// How mosquitto is made to read our files.
enum Inclusion: Sendable {
    /// It reads them already, or its main file must not be changed.
    case unchanged
    /// By a line of its main file, whose new contents these are.
    case line([UInt8])
    /// By symbolic links in a directory that its main file includes.
    case links(LinkDirectory)
}

extension ListenerPlan {
    init(text: String?, _ inclusion: Inclusion, model: MosquittoModel?) {
        self.init(text: text, model: model)
        switch inclusion {
        case .unchanged: break
        case .line(let contents): main = contents
        case .links(let directory): links = directory
        }
    }
}

/// The directory of mosquitto's package for files of other packages, `conf.d` beside the main file, with our symbolic links.
/// mosquitto reads linked files, but no `include_dir` in them.
struct LinkDirectory: Sendable, Equatable {
    /// The directory.
    let path: String

    private init(path: String) { self.path = path }

    /// The directory beside a main file, whether this includes it or not.
    static func beside(_ main: String) -> LinkDirectory {
        LinkDirectory(path: Path.join(Path.directory(of: main), "conf.d"))
    }

    /// The directory of a mosquitto; nil if it has none, or if its main file does not include it.
    init?(of found: MosquittoFiles, main: String, files: any Files) {
        let wanted = Path.join(Path.directory(of: main), "conf.d")
        guard files.isDirectory(wanted), found.inclusions(of: wanted, files: files).count == 1 else { return nil }
        path = wanted
    }

    /// The link to a file of ours. mosquitto reads links in the order in which it would read our files.
    func link(to target: String) -> String {
        let name = Path.name(of: target)
        return Path.join(path, name.hasPrefix("tedge-") ? name : "tedge-\(name)")
    }

    /// Links to all files of ours that exist.
    func link(in directory: String, _ transaction: FileTransaction, _ files: any Files) throws(FileError) {
        for target in Self.targets(in: directory, files) { try transaction.link(link(to: target), to: target) }
    }

    /// The files of ours that exist: the listeners, and the bridges.
    static func targets(in directory: String, _ files: any Files) -> [String] {
        let names = (try? files.list(directory)) ?? []
        return names.filter { BridgePaths.isBridge($0) || $0 == BridgePaths.listenersName }.sorted().map {
            Path.join(directory, $0)
        }
    }
}
