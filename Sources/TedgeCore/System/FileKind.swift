import Foundation

extension stat {
    /// The status of an open file; nil with `errno` if there is none.
    init?(of descriptor: Int32) {
        self.init()
        guard unsafe fstat(descriptor, &self) == 0 else { return nil }
    }

    /// The status of a name in an open directory, without following a link; nil with `errno` if there is none.
    init?(of name: String, in directory: Int32) {
        self.init()
        guard unsafe fstatat(directory, name, &self, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    }

    /// The kind of the file, for example `S_IFREG`.
    var kind: mode_t { st_mode & S_IFMT }
    /// Whether it is a regular file.
    var isFile: Bool { kind == S_IFREG }
    /// Whether it is a directory.
    var isDirectory: Bool { kind == S_IFDIR }
}
