/// A step that a process performs before it becomes the program of a unit, so that the program runs as the service manager would
/// start it. All effects end with the process.
enum UnitStep: Equatable {
    /// A file with other contents than on the disk.
    struct File: Equatable {
        var path: String
        var contents: [UInt8]
        var mode: UInt16
        var owner: Owner
    }

    /// A separate network in which the program can listen on every address and reach nothing. `isAnyPort`: whether every user
    /// may listen on ports below 1024.
    case ownNetwork(isAnyPort: Bool)
    /// Separate mounts, and an empty directory at `scratch` that everybody may write.
    case ownMounts
    /// The path, and everything below it, is inaccessible.
    case hide(String)
    /// The directory is empty and read-only.
    case empty(String)
    /// The file has other contents.
    case file(File)
    /// In the directory, `files` have other contents and `hidden` do not exist; everything else stays.
    case directory(String, files: [File], hidden: [String])
    /// Sets user and groups.
    case identity(Owner, groups: [UInt32])
    /// Sets the whole environment, as `NAME=VALUE`.
    case environment([String])
    /// Sets the current directory.
    case workingDirectory(String)
    /// Sets the contents of standard input.
    case input([UInt8])
    /// Sets the user and groups of the checks that follow.
    case checker(Owner, groups: [UInt32])
    /// Reports on standard output if the path cannot be read or, with `forWriting`, written or created.
    case check(String, forWriting: Bool)
    /// Uses the private key that a file stands for, with the environment so far. Reports on standard output why it cannot be
    /// used, then `answered` on standard error.
    case key(String)
    /// Runs a program instead of this process.
    case run([String])

    /// The directory of `ownMounts`, which mosquitto does not use.
    static let scratch = "/sys/kernel"
    /// The longest time that the program may run, in seconds.
    static let limit: UInt32 = 10
    /// What `key` says at its end.
    static let answered = "answered\n"
    /// The exit status of a process that could not perform a step.
    static let failure: Int32 = 125
}

// MARK: As bytes

extension UnitStep {
    /// The steps as bytes, for the process that performs them.
    static func encode(_ steps: [UnitStep]) -> [UInt8] {
        steps.flatMap { step in
            let fields = step.fields
            return Array("\(fields.count)\n".utf8) + fields.flatMap { Array("\($0.count)\n".utf8) + $0 }
        }
    }

    /// Reads steps from bytes; nil if they are invalid.
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
        case .key(let path): text("key", path)
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
        case ("key", 1): self = .key(rest[0])
        case ("run", 1...): self = .run(rest)
        default: return nil
        }
    }
}
