import Glibc

/// Checks files that a library opens by path. A pipe or a device would block the library, and no signal or deadline ends
/// that.
public enum PlainFile {
    /// The largest file that a library may open, in bytes: many times the size of all public authorities together.
    public static let limit = 16 << 20

    /// Why the file at this path cannot be read to its end: its kind or its size. Nil if it can be read, if it is a
    /// directory, or if it cannot be examined.
    public static func objection(to path: String) -> String? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        switch information.st_mode & S_IFMT {
        case S_IFDIR: return nil
        case S_IFREG where information.st_size > limit:
            return "it has \(information.st_size) bytes, and at most \(limit) are read"
        case S_IFREG: return nil
        case S_IFIFO: return "it is a FIFO, not a file"
        case S_IFSOCK: return "it is a socket, not a file"
        // null(4) counts as an empty file.
        case S_IFCHR where information.st_rdev == 0x103: return nil
        default: return "it is a device, not a file"
        }
    }

    /// The same for a directory of certificates with hashed names (openssl-rehash(1)): the first file that cannot be read
    /// to its end. OpenSSL opens no other files in the directory.
    public static func objection(inHashedDirectory directory: String) -> (path: String, reason: String)? {
        guard let entries = opendir(directory) else { return nil }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let bytes = Array(name.utf8)
            guard bytes.count >= 10, bytes[8] == UInt8(ascii: "."), bytes.prefix(8).allSatisfy(isHexadecimal) else {
                continue
            }
            let path = directory + "/" + name
            if let reason = objection(to: path) { return (path, reason) }
        }
        return nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
