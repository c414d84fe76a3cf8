import Foundation

extension SystemFiles {
    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let given = Self.given(path)
        let descriptor =
            unsafe given.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
            ?? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        defer { close(descriptor) }
        return try contents(of: descriptor, path, limit: limit, waits: given == nil ? .forMore : .always)
    }

    /// The descriptor that a path stands for, as that of the shell's `<(command)` does; nil if it is another path. A pipe of
    /// another user cannot be opened once more, only read.
    private static func given(_ path: String) -> Int32? {
        if path == "/dev/stdin" { return STDIN_FILENO }
        for directory in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(directory) {
            return Int32(path.dropFirst(directory.count))
        }
        return nil
    }

    /// Whether bytes that come later are waited for, until a signal comes.
    enum Waits {
        /// They are an error (`EAGAIN`).
        case never
        /// Where somebody has a pipe open to write it.
        case forMore
        /// Before each read: a descriptor that was handed over may hold a read up.
        case always
    }

    /// Reads up to the end.
    func contents(
        of descriptor: Int32, _ path: String, limit: Int, waits: Waits = .never
    ) throws(FileError) -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        // It may have held a key or a password.
        defer { chunk.wipe() }
        while true {
            guard waits != .always || Self.isFilled(descriptor) else { throw FileError(.read, path, .last) }
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return contents }
            if count < 0 {
                if errno == EINTR || (errno == EAGAIN && waits != .never && Self.isFilled(descriptor)) { continue }
                throw FileError(.read, path, .last)
            }
            contents.append(contentsOf: chunk[..<count])
            if contents.count > limit { throw FileError(.read, path, SystemError(EFBIG)) }
        }
    }

    /// Reads the last bytes, at most `count`.
    func tail(of descriptor: Int32, _ path: String, count: Int) throws(FileError) -> [UInt8] {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw FileError(.read, path, .last) }
        var contents = [UInt8](repeating: 0, count: Int(min(end, off_t(count))))
        let read = unsafe contents.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, end - off_t(buffer.count))
        }
        guard read >= 0 else { throw FileError(.read, path, .last) }
        return Array(contents.prefix(read))
    }

    /// Waits for bytes, or the end, in a pipe that is empty. A signal ends the wait with `EINTR`.
    private static func isFilled(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A signal may come just before the wait, which then would not end.
        while true {
            let ready = unsafe poll(&entry, 1, 100)
            if ready != 0 { return ready > 0 }
            if Interruption.wasReceived {
                errno = EINTR
                return false
            }
        }
    }
}
