/// A step that a process takes before it becomes the program of a unit: it then runs as the service manager would have
/// started it, and nothing that it does there outlives it.
enum UnitStep: Equatable {
    /// A file that is to be seen with other contents.
    struct File: Equatable {
        var path: String
        var contents: [UInt8]
        var mode: UInt16
        var owner: Owner
    }

    /// A network of its own where every address can be listened on and nothing can be reached. `isAnyPort`: whether every
    /// user may listen on the ports below 1024.
    case ownNetwork(isAnyPort: Bool)
    /// Mounts of its own, and an empty directory at `scratch` where everyone may write.
    case ownMounts
    /// Nothing at and below the path can be reached.
    case hide(String)
    /// The directory is empty and cannot be written.
    case empty(String)
    /// A file is seen with other contents.
    case file(File)
    /// The directory has these files, and of those that it had all but these and `hidden`.
    case directory(String, files: [File], hidden: [String])
    /// User and groups.
    case identity(Owner, groups: [UInt32])
    /// The whole environment, as `NAME=VALUE`.
    case environment([String])
    /// The current directory.
    case workingDirectory(String)
    /// What standard input has.
    case input([UInt8])
    /// Who the checks that follow are made for, without becoming them.
    case checker(Owner, groups: [UInt32])
    /// Says on standard output if the path can be read or, `forWriting`, be written or made.
    case check(String, forWriting: Bool)
    /// Becomes a program.
    case run([String])

    /// The directory that `ownMounts` makes. mosquitto has no business there.
    static let scratch = "/sys/kernel"
    /// How long the program runs at most, in seconds.
    static let limit: UInt32 = 10
    /// The status of a process that could not take a step.
    static let failure: Int32 = 125
}

// MARK: As bytes

extension UnitStep {
    /// The steps as one text, for the process that takes them.
    static func encode(_ steps: [UnitStep]) -> [UInt8] {
        steps.flatMap { step in
            let fields = step.fields
            return Array("\(fields.count)\n".utf8) + fields.flatMap { Array("\($0.count)\n".utf8) + $0 }
        }
    }

    /// Reads the steps again; nil if the text is not one of them.
    static func decode(_ bytes: [UInt8]) -> [UnitStep]? {
        var rest = bytes[...]
        func number() -> Int? {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return Int(String(decoding: rest[..<end], as: UTF8.self))
        }
        var steps: [UnitStep] = []
        while !rest.isEmpty {
            guard let count = number() else { return nil }
            var fields: [[UInt8]] = []
            for _ in 0..<count {
                guard let length = number(), length >= 0, length <= rest.count else { return nil }
                fields.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            guard let step = UnitStep(fields) else { return nil }
            steps.append(step)
        }
        return steps
    }

    private var fields: [[UInt8]] {
        func text(_ words: String...) -> [[UInt8]] { words.map { Array($0.utf8) } }
        func file(_ file: File) -> [[UInt8]] {
            text(file.path, "\(file.mode)", "\(file.owner.user)", "\(file.owner.group)") + [file.contents]
        }
        return switch self {
        case .ownNetwork(let isAnyPort): text("network", isAnyPort ? "any" : "")
        case .ownMounts: text("mounts")
        case .hide(let path): text("hide", path)
        case .empty(let path): text("empty", path)
        case .file(let it): text("file") + file(it)
        case .directory(let path, let files, let hidden):
            text("directory", path, "\(hidden.count)") + hidden.map { Array($0.utf8) } + files.flatMap(file)
        case .identity(let owner, let groups):
            text("identity", "\(owner.user)", "\(owner.group)") + groups.map { Array("\($0)".utf8) }
        case .checker(let owner, let groups):
            text("checker", "\(owner.user)", "\(owner.group)") + groups.map { Array("\($0)".utf8) }
        case .environment(let values): text("environment") + values.map { Array($0.utf8) }
        case .workingDirectory(let path): text("cd", path)
        case .input(let contents): text("input") + [contents]
        case .check(let path, let forWriting): text("check", path, forWriting ? "write" : "read")
        case .run(let words): text("run") + words.map { Array($0.utf8) }
        }
    }

    private init?(_ fields: [[UInt8]]) {
        let words = fields.map { String(decoding: $0, as: UTF8.self) }
        guard let verb = words.first else { return nil }
        let rest = Array(words.dropFirst())
        func file(at index: Int) -> File? {
            guard fields.count >= index + 5, let mode = UInt16(words[index + 1]), let user = UInt32(words[index + 2]),
                let group = UInt32(words[index + 3])
            else { return nil }
            return File(
                path: words[index], contents: fields[index + 4], mode: mode, owner: Owner(user: user, group: group))
        }
        switch (verb, rest.count) {
        case ("network", 1): self = .ownNetwork(isAnyPort: rest[0] == "any")
        case ("mounts", 0): self = .ownMounts
        case ("hide", 1): self = .hide(rest[0])
        case ("empty", 1): self = .empty(rest[0])
        case ("file", 5):
            guard let it = file(at: 1) else { return nil }
            self = .file(it)
        case ("directory", 2...):
            guard let count = Int(rest[1]), count >= 0, rest.count >= 2 + count, (rest.count - 2 - count) % 5 == 0
            else {
                return nil
            }
            let files = stride(from: 3 + count, to: fields.count, by: 5).map(file(at:))
            guard !files.contains(nil) else { return nil }
            self = .directory(rest[0], files: files.compactMap(\.self), hidden: Array(rest[2..<(2 + count)]))
        case ("identity", 2...), ("checker", 2...):
            let numbers = rest.compactMap { UInt32($0) }
            guard numbers.count == rest.count else { return nil }
            let (owner, groups) = (Owner(user: numbers[0], group: numbers[1]), Array(numbers.dropFirst(2)))
            self = verb == "identity" ? .identity(owner, groups: groups) : .checker(owner, groups: groups)
        case ("environment", _): self = .environment(rest)
        case ("cd", 1): self = .workingDirectory(rest[0])
        case ("input", 1): self = .input(fields[1])
        case ("check", 2): self = .check(rest[0], forWriting: rest[1] == "write")
        case ("run", 1...): self = .run(rest)
        default: return nil
        }
    }
}
