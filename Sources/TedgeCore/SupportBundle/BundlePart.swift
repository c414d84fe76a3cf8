/// What one section of a support bundle has collected.
struct BundlePart: Sendable {
    /// A file of the bundle.
    struct File: Sendable {
        /// The path below the directory of the bundle.
        let name: String
        /// Its contents, not masked yet.
        var contents: [UInt8]
        /// The same as a value; nil for a text.
        var json: JSONValue?
    }

    /// The files, in their order.
    private(set) var files: [File] = []
    /// What could not be read, and why.
    private(set) var unread: [String] = []
    /// Whether root could have read more.
    private(set) var needsRoot = false

    /// The longest file that is kept.
    static let limit = 1 << 20

    /// Adds a text; nothing if it is empty.
    mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

    /// Adds the bytes of a text; nothing if there are none.
    mutating func add(_ name: String, _ contents: [UInt8]) {
        guard !contents.isEmpty else { return }
        files.append(File(name: name, contents: contents))
    }

    /// Adds an object as JSON.
    mutating func add(_ name: String, _ value: JSONValue) { files.append(File(name: name, contents: [], json: value)) }

    /// Notes that something could not be read.
    mutating func miss(_ what: String, _ why: String, isForbidden: Bool = false) {
        let text = "\(what): \(why)".replacing("\n", with: " ")
        if !unread.contains(text) { unread.append(text) }
        if isForbidden { needsRoot = true }
    }

    /// Notes that a file could not be read. One that does not exist is not missed.
    mutating func miss(_ error: FileError) {
        guard !error.reason.isAbsence else { return }
        miss(error.path, error.reason.description, isForbidden: error.reason.isPermission)
    }
}

/// Where the sections of a support bundle find what they collect. Nothing is changed, and every question has a time limit.
struct BundleSource: Sendable {
    /// A context that prints nothing, and that stops waiting when the collection must end.
    let context: Context
    /// The cloud that was named; nil for all.
    let cloud: CloudName?
    let profile: ProfileName?
    /// The settings; nil if they cannot be read.
    let settings: Settings?

    /// The same, which asks programs only until a point in time.
    func ending(at deadline: ContinuousClock.Instant) -> BundleSource {
        BundleSource(context: context.asking(until: deadline), cloud: cloud, profile: profile, settings: settings)
    }

    /// What a program prints, under a title with its words; a sentence if it cannot be run.
    ///
    /// - Parameter isNeeded: Whether it is missed in the bundle if the program does not exist.
    func output(_ words: [String], _ part: inout BundlePart, isNeeded: Bool = false) -> String {
        let command = words.joined(separator: " ")
        let title = "$ \(command)\n"
        guard context.processes.isOnPath(words[0]) else {
            if isNeeded { part.miss(command, "there is no program \(words[0])") }
            return title + "(there is no program \(words[0]))\n\n"
        }
        do throws(ProcessError) {
            let result = try context.processes.ask(
                words, within: AskingProcesses.limit, interruption: context.interruption)
            let text = result.output + result.error
            var ending = ""
            switch result.ending {
            case .exited(0): break
            case .exited(let status): ending = "(exit status \(status))\n"
            case .signalled(let signal): ending = "(ended by signal \(signal))\n"
            }
            return title + text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + ending + "\n"
        } catch {
            let why = Self.why(error)
            // Once is enough: a program that did not answer is not asked again.
            part.miss(words[0], why)
            return title + "(\(why))\n\n"
        }
    }

    /// Why a program says nothing.
    static func why(_ error: ProcessError) -> String {
        switch error {
        case .notFound(let program): "there is no program \(program)"
        case .notStarted(_, let reason): "it could not be started: \(reason)"
        case .interrupted: "there was no time left"
        case .unanswered(_, let seconds): "it did not answer within \(seconds) seconds"
        }
    }

    /// The connections that the bundle is about: that of the cloud that was named, else all that have an address or a bridge.
    var connections: [(cloud: CloudName, profile: ProfileName?)] {
        if let cloud { return [(cloud, profile)] }
        var found = (try? StatusReader.connections(.init(cloud: nil, profile: nil), in: context)) ?? []
        for cloud in CloudName.allCases {
            for profile in [nil] + (settings?.profiles(of: cloud) ?? []).map(Optional.some) {
                let url = try? settings?.cloud(cloud, profile: profile).string("url")
                guard url?.isEmpty == false, !found.contains(where: { $0 == (cloud, profile) }) else { continue }
                found.append((cloud, profile))
            }
        }
        return found
    }
}
