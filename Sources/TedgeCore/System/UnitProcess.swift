import Foundation
import X509

/// A process that prepares itself like a unit of systemd and then becomes the unit's program: this executable, started with an
/// internal word.
public enum UnitProcess {
    /// The internal word.
    public static let word = "--as-a-unit-does"

    /// Performs the steps that standard input has. Returns the exit status if it did not become another program.
    public static func run() -> Int32 {
        guard let bytes = try? SystemFiles().readInput("/dev/stdin", limit: 64 << 20),
            let steps = UnitStep.decode(bytes)
        else {
            return 2
        }
        let null = unsafe open("/dev/null", O_RDONLY)
        dup2(null, 0)
        var process = Taking()
        for (index, step) in steps.enumerated() {
            do throws(SystemError) {
                try process.take(step)
            } catch {
                let line = "\(index) \(error.code)\n"
                _ = unsafe write(1, line, line.utf8.count)
                guard case .check = step else { return UnitStep.failure }
            }
        }
        return 0
    }

    /// The words that start the process.
    static let command = ["/proc/self/exe", word]

    private typealias Call1 = @convention(c) (Int32) -> Int32

    /// Calls a C function that Swift does not import, with a number.
    fileprivate static func call(_ name: String, _ argument: Int32) throws(SystemError) {
        guard let symbol = unsafe dlsym(nil, name) else { throw SystemError(ENOSYS) }
        guard unsafe unsafeBitCast(symbol, to: Call1.self)(argument) == 0 else { throw .last }
    }

    private struct Taking {
        var environment: [String] = []
        var files = 0
        var checker: (owner: Owner, groups: [UInt32])?

        mutating func take(_ step: UnitStep) throws(SystemError) {
            switch step {
            case .ownNetwork(let isAnyPort): try ownNetwork(isAnyPort)
            case .ownMounts: try ownMounts()
            case .hide(let path): try cover(path, mode: "000")
            case .empty(let path): try cover(path, mode: "755")
            case .file(let file):
                let copy = try write(file, nextPath())
                try mount(copy, file.path, nil, UInt(MS_BIND))
            case .directory(let path, let contents, let hidden): try directory(path, contents, hidden)
            case .identity(let owner, let groups):
                guard unsafe setgroups(groups.count, groups) == 0, setgid(owner.group) == 0, setuid(owner.user) == 0
                else { throw .last }
            case .environment(let values): environment = values
            case .workingDirectory(let path): if unsafe chdir(path) != 0 { throw .last }
            case .input(let contents):
                guard let descriptor = MemoryFile.descriptor(contents), dup2(descriptor, 0) == 0 else { throw .last }
            case .checker(let owner, let groups): checker = (owner, groups)
            case .check(let path, let forWriting):
                guard let checker else { return try Self.check(path, forWriting) }
                guard unsafe setgroups(checker.groups.count, checker.groups) == 0, setegid(checker.owner.group) == 0,
                    seteuid(checker.owner.user) == 0
                else { throw .last }
                defer {
                    seteuid(0)
                    setegid(0)
                    setgroups(0, nil)
                }
                try Self.check(path, forWriting)
            case .key(let path): useKey(path)
            case .run(let words): try become(words)
            }
        }

        private func useKey(_ path: String) {
            for value in environment {
                guard let equals = value.firstIndex(of: "=") else { continue }
                _ = unsafe setenv(String(value[..<equals]), String(value[value.index(after: equals)...]), 1)
            }
            do throws(X509Error) {
                let pem = (try? SystemFiles().read(path)) ?? []
                if let reference = KeyReference(pem: pem) { try PrivateKey(pem: pem).trySigning(reference.provider) }
            } catch {
                if case .provider(let failure) = error {
                    let line = BrokerKeyCheck.line(failure)
                    _ = unsafe Foundation.write(1, line, line.utf8.count)
                }
            }
            _ = unsafe Foundation.write(2, UnitStep.answered, UnitStep.answered.utf8.count)
        }

        /// Becomes the program. It inherits an alarm, which ends it if the waiting process is killed. A parent death signal does
        /// not work here, because it is cleared when the program gives up root (prctl(2)).
        private func become(_ words: [String]) throws(SystemError) {
            alarm(UnitStep.limit)
            signal(SIGALRM, SIG_DFL)
            signal(SIGPIPE, SIG_DFL)
            var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
            var values: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
            unsafe execve(words[0], &arguments, &values)
            throw .last
        }

        private static func check(_ path: String, _ forWriting: Bool) throws(SystemError) {
            // AT_EACCESS: check with the effective user and groups.
            func can(_ path: String, _ mode: Int32) -> Bool { unsafe faccessat(AT_FDCWD, path, mode, 0x200) == 0 }
            if !forWriting {
                if !can(path, R_OK) { throw .last }
            } else if can(path, F_OK) || errno != ENOENT {
                if !can(path, W_OK) { throw .last }
            } else if !can(Path.directory(of: path), W_OK | X_OK) {
                throw .last
            }
        }

        // MARK: The network

        private func ownNetwork(_ isAnyPort: Bool) throws(SystemError) {
            try UnitProcess.call("unshare", 0x4000_0000)  // CLONE_NEWNET
            raiseLoopback()
            // The settings of the new network. In a container they may be read-only.
            var directory = "/proc/sys/net"
            if !Self.set("\(directory)/ipv4/ip_nonlocal_bind", "1") {
                let own = "\(UnitStep.scratch)/proc"
                guard unsafe mkdir(own, 0o755) == 0, (try? mount("proc", own, "proc", 0)) != nil else { return }
                directory = "\(own)/sys/net"
                Self.set("\(directory)/ipv4/ip_nonlocal_bind", "1")
            }
            Self.set("\(directory)/ipv6/ip_nonlocal_bind", "1")
            if isAnyPort { Self.set("\(directory)/ipv4/ip_unprivileged_port_start", "0") }
        }

        @discardableResult
        private static func set(_ path: String, _ value: String) -> Bool {
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            return unsafe Foundation.write(descriptor, value, value.utf8.count) == value.utf8.count
        }

        /// Sets the flag "up" of the interface `lo`, netdevice(7): its name in 16 bytes, and its flags.
        private func raiseLoopback() {
            typealias Call = @convention(c) (Int32, UInt, UnsafeMutableRawPointer) -> Int32
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            guard descriptor >= 0, let symbol = unsafe dlsym(nil, "ioctl") else { return }
            defer { close(descriptor) }
            var request = Array("lo".utf8) + [UInt8](repeating: 0, count: 38)
            let isLittle = Int16(1).littleEndian == 1
            request[isLittle ? 16 : 17] = 1  // IFF_UP
            unsafe request.withUnsafeMutableBytes { bytes in
                guard let address = bytes.baseAddress else { return }
                _ = unsafe unsafeBitCast(symbol, to: Call.self)(descriptor, 0x8914, address)  // SIOCSIFFLAGS
            }
        }

        // MARK: Files

        private func mount(
            _ source: String, _ target: String, _ type: String?, _ flags: UInt, _ options: String? = nil
        ) throws(SystemError) {
            guard unsafe Foundation.mount(source, target, type, flags, options) == 0 else { throw .last }
        }

        private func ownMounts() throws(SystemError) {
            try UnitProcess.call("unshare", 0x0002_0000)  // CLONE_NEWNS
            try mount("none", "/", nil, UInt(MS_REC) | UInt(MS_PRIVATE))
            try mount("none", UnitStep.scratch, "tmpfs", 0, "mode=1777,size=64m")
            guard unsafe mkdir("\(UnitStep.scratch)/files", 0o711) == 0 else { throw .last }
        }

        private mutating func cover(_ path: String, mode: String) throws(SystemError) {
            var information = stat()
            // Missing paths need not be hidden.
            guard unsafe lstat(path, &information) == 0 else { return }
            if information.isDirectory {
                return try mount("none", path, "tmpfs", UInt(MS_RDONLY), "mode=\(mode)")
            }
            let owner = Owner(user: 0, group: 0)
            let nothing = try write(.init(path: path, contents: [], mode: 0, owner: owner), nextPath())
            try mount(nothing, path, nil, UInt(MS_BIND))
        }

        /// A new path in the scratch directory.
        private mutating func nextPath() -> String {
            files += 1
            return "\(UnitStep.scratch)/files/\(files)"
        }

        /// Writes a file, and returns its path.
        @discardableResult
        private func write(_ file: UnitStep.File, _ path: String) throws(SystemError) -> String {
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .last }
            defer { close(descriptor) }
            var rest = file.contents[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
                }
                guard count > 0 else { throw .last }
                rest = rest.dropFirst(count)
            }
            guard fchown(descriptor, file.owner.user, file.owner.group) == 0, fchmod(descriptor, mode_t(file.mode)) == 0
            else { throw .last }
            return path
        }

        /// Replaces a directory by a copy in which some files have other contents and some are hidden; all others stay visible.
        private mutating func directory(
            _ path: String, _ contents: [UnitStep.File], _ hidden: [String]
        ) throws(SystemError) {
            let copy = nextPath()
            var information = stat()
            guard unsafe stat(path, &information) == 0, unsafe mkdir(copy, 0o700) == 0 else { throw .last }
            let names = Set((contents.map(\.path) + hidden).map(Path.name(of:)))
            for name in (try? SystemFiles().list(path)) ?? [] where !names.contains(name) {
                try show(Path.join(path, name), as: Path.join(copy, name))
            }
            for file in contents { try write(file, Path.join(copy, Path.name(of: file.path))) }
            guard unsafe chown(copy, information.st_uid, information.st_gid) == 0,
                unsafe chmod(copy, information.st_mode & 0o7777) == 0
            else { throw .last }
            // Includes mounts below the directory.
            try mount(copy, path, nil, UInt(MS_BIND) | UInt(MS_REC))
        }

        /// Makes an entry of a directory visible at another path.
        private func show(_ path: String, as copy: String) throws(SystemError) {
            var information = stat()
            // A link that leads nowhere stays one: mosquitto does not start with it.
            guard unsafe stat(path, &information) == 0 else {
                _ = unsafe symlink("\(UnitStep.scratch)/nowhere", copy)
                return
            }
            if information.isDirectory {
                guard unsafe mkdir(copy, 0o700) == 0 else { throw .last }
            } else {
                let descriptor = unsafe open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else { throw .last }
                close(descriptor)
            }
            try mount(path, copy, nil, UInt(MS_BIND))
        }
    }
}
