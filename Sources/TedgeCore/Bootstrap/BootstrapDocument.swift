/// The document with the runs of `bootstrap`: a JSON array of objects, each of them a run.
public struct BootstrapDocument: Sendable, Equatable {
    /// The runs, in their order.
    public var runs: [BootstrapRun]

    /// Makes a document.
    public init(_ runs: [BootstrapRun]) { self.runs = runs }

    /// Reads a document: JSON in UTF-8 or UTF-16. Throws for the first thing that is wrong, and says where it is. The only thing
    /// that is not noticed is a key that an object has twice: one of its values counts. Settings and variables are sorted.
    ///
    /// - Parameter source: The file, or the standard input, for messages.
    public init(parsing bytes: [UInt8], source: String) throws(BootstrapDocumentError) {
        runs = try BootstrapDocumentReader(source: source).runs(bytes)
    }

    /// The document as JSON, a member on each line. Members without a value are absent.
    public var text: String {
        let objects = runs.map { run in
            let members = run.json.map { "    \(JSONValue.string($0.key).text): \($0.value.text)" }
            return "  {\n" + members.joined(separator: ",\n") + "\n  }"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }
}

extension BootstrapRun {
    /// The members of the run's object.
    var json: [JSONValue.Member] {
        var members: [JSONValue.Member] = [.init("cloud", .string(cloud.rawValue))]
        func add(_ key: String, _ value: String?) {
            if let value { members.append(.init(key, .string(value))) }
        }
        add("profile", profile?.text)
        add("url", url)
        add("register", method?.rawValue)
        add("device_id", deviceID)
        if !settings.isEmpty {
            members.append(.init("set", .object(settings.map { .init($0.key, .string($0.value)) })))
        }
        if !variables.isEmpty {
            let isPlain = variables.allSatisfy { $0.purpose == $0.name }
            members.append(
                .init(
                    "env",
                    isPlain
                        ? .array(variables.map { .string($0.name) })
                        : .object(variables.map { .init($0.purpose, .string($0.name)) })))
        }
        if registersAgain { members.append(.init("re_register", .bool(true))) }
        if isClean { members.append(.init("clean", .bool(true))) }
        return members
    }
}

/// Why a document is refused.
public struct BootstrapDocumentError: ExplainedError, Equatable {
    let source: String
    /// The way to the value, for example `run 2, 'set', 'device.type'`, or line and column of what is not JSON; nil for the
    /// whole document.
    let place: String?
    let reason: String
    let remedy: String?

    init(_ source: String, _ place: String?, _ reason: String, hint: String? = nil) {
        (self.source, self.place, self.reason, remedy) = (source, place, reason, hint)
    }

    /// Always the same.
    public var id: ReasonID { .bootstrapDocumentInvalid }
    /// The place, and what is wrong there.
    public var causes: [String] { [(place.map { "\(source), \($0)" } ?? source) + ": \(reason)."] }
    /// What to write instead; nil if the cause says it.
    public var hint: String? { remedy }
}
