import Foundation

/// The lock of a configuration directory, for commands that change its files, its bridges or their services. One command
/// holds it at a time; commands that only read do not need it.
struct ConfigurationLock: Sendable {
    private let lock: FileLock?
    private let madeDirectories: [String]
    private let files: any Files

    /// The seconds before a note says what the command waits for.
    private static let silence = 1

    /// The lock file of a directory.
    static func path(in directory: String) -> String { Path.join(directory, ".tedge.lock") }

    /// Waits until no other command changes the directory, and creates it if it is missing. Removes temporary files that killed
    /// runs left. If the caller may not write there, there is no lock, and the command itself reports what fails. A rehearsal needs none.
    ///
    /// - Parameter command: The name of the command, for others that wait.
    init(_ command: String, in context: Context) throws {
        let directory = context.configurationDirectory
        guard context.rehearsal == nil else {
            (lock, madeDirectories, files) = (nil, [], context.files)
            return
        }
        let path = Self.path(in: directory)
        files = context.files
        madeDirectories = try Self.makeDirectories(directory, context)
        do {
            lock = try Self.wait(for: path, command, context)
        } catch {
            Self.remove(madeDirectories, files)
            throw error
        }
        guard let lock else { return }
        if lock.isFileAlone {
            context.console.note(
                "\(directory) is on a file system without locks; the file \(path) is used as the lock.")
        }
        for path in ["", "/mosquitto-conf", "/device-certs", "/mappers", "/operations"] {
            TemporaryName.sweep(directory + path, files)
        }
        for mapper in (try? files.list(directory + "/mappers")) ?? [] {
            TemporaryName.sweep("\(directory)/mappers/\(mapper)", files)
        }
    }

    /// Releases the lock. Removes directories that were created for the lock and are still empty.
    func release() {
        lock?.release()
        Self.remove(madeDirectories, files)
    }

    /// Waits for a lock. Returns nil if the lock file cannot be created; throws `LockError` if one holder keeps it too long.
    static func wait(for path: String, _ command: String, _ context: Context) throws -> FileLock? {
        guard context.rehearsal == nil else { return nil }
        let begin = ContinuousClock.now
        // The timeout is for one holder: if many commands wait, the holder changes.
        var (known, since): (LockError.Holder?, ContinuousClock.Instant) = (nil, begin)
        var (wasSaid, next) = (false, begin.advanced(by: .seconds(min(silence, context.lockTimeout))))
        while true {
            try context.interruption.check()
            do throws(FileError) {
                if let lock = try context.files.lock(path, holder: command) { return lock }
            } catch {
                // The command itself reports what it cannot write.
                if error.reason.forbidsWriting || error.reason.isAbsence { return nil }
                throw error
            }
            let now = ContinuousClock.now
            if now >= next {
                next = now.advanced(by: .seconds(silence))
                let holder = holder(path, context.files)
                if holder != known { (known, since) = (holder, known == nil ? begin : now) }
                if since.duration(to: now) >= .seconds(context.lockTimeout) {
                    throw LockError(path: path, holder: holder, seconds: context.lockTimeout)
                }
                if !wasSaid {
                    wasSaid = true
                    context.console.announce("Waiting for \(holder?.description ?? "another command") to finish.")
                }
            }
            // A signal ends the pause, which grows to 50 ms and is random, so that waiting commands do not try all at once.
            let pause = min(50, 5 + Int32(begin.duration(to: now) / .milliseconds(20)))
            _ = poll(nil, 0, Int32.random(in: pause / 2...pause))
        }
    }

    /// The holder of the lock according to the file, or nil.
    private static func holder(_ path: String, _ files: any Files) -> LockError.Holder? {
        guard let bytes = try? files.read(path, limit: 4096) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let space = line.firstIndex(of: " "), let process = Int32(line[..<space]) else { return nil }
        return .init(process: process, command: String(line[line.index(after: space)...]))
    }

    private static func makeDirectories(_ directory: String, _ context: Context) throws -> [String] {
        var missing: [String] = []
        var path = directory
        while !context.files.exists(path), path != "/" {
            missing.append(path)
            path = Path.directory(of: path)
        }
        guard !missing.isEmpty else { return [] }
        do throws(FileError) {
            let owner =
                context.accounts.isRoot
                ? (try? SystemSettings.load(from: context))?.owner(in: context.accounts) : nil
            _ = try context.files.makeDirectory(directory, mode: 0o775, owner: owner)
        } catch {
            if error.reason.forbidsWriting || error.reason.isAbsence || error.reason.isExistence { return [] }
            throw error
        }
        return missing
    }

    private static func remove(_ directories: [String], _ files: any Files) {
        for directory in directories { _ = try? files.remove(directory) }
    }
}

/// Another command holds the lock for too long.
struct LockError: ExplainedError, Equatable {
    /// The holder of the lock.
    struct Holder: Equatable, CustomStringConvertible {
        let process: Int32
        let command: String
        var description: String { "'\(command)' (process \(process))" }
    }

    let path: String
    let holder: Holder?
    /// How long this command waited.
    let seconds: Int

    var id: ReasonID { .configurationLocked }

    var causes: [String] {
        let name = holder?.description ?? "Another command"
        return ["\(name) is changing \(Path.directory(of: path)) and did not finish within \(seconds) seconds."]
    }

    var hint: String? {
        guard let holder else { return "Try again when it has finished. The lock is \(path)." }
        return "Wait until it has finished, or end it with 'kill \(holder.process)', and try again."
    }
}

extension Context {
    /// Runs a function while no other command changes the configuration.
    ///
    /// - Parameter command: The words of the command, without secrets.
    func changing<Result>(_ command: String, _ body: () throws -> Result) throws -> Result {
        let lock = try ConfigurationLock(command, in: self)
        defer { lock.release() }
        return try body()
    }

    /// Changes files while no other command changes the configuration. If the function throws, all changes are rolled back.
    func changingFiles<Result>(_ command: String, _ body: (FileTransaction) throws -> Result) throws -> Result {
        try changing(command) {
            let transaction = FileTransaction(files)
            do {
                let result = try body(transaction)
                transaction.commit()
                return result
            } catch {
                rollBack(transaction)
                throw error
            }
        }
    }
}

extension SystemError {
    /// Whether the error means that nothing can be written here.
    fileprivate var forbidsWriting: Bool { [EACCES, EPERM, EROFS, ENOSPC, EDQUOT].contains(code) }
}
