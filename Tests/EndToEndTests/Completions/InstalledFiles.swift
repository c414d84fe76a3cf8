import TestSupport

/// What `make install` installs, below a directory of its own that lasts as long as this process.
enum InstalledFiles {
    private static let directory = Result { try TemporaryDirectory() }
    private static let installed = Result { try install(prefix: "/usr") }

    /// The directory for what is no program, with the completions of an installation in `/usr`.
    static var share: String { (try? installed.get()) ?? "/nowhere" }

    /// Installs what has been built; returns the directory that stands for PREFIX/share.
    static func install(prefix: String) throws -> String {
        let root = try directory.get().path
        let words = ["-C", packageDirectory, "-o", "build", "install", "DESTDIR=\(root)", "PREFIX=\(prefix)"]
        try Outcome(try ChildProcess.run("make", words)).expectSuccess()
        return "\(root)\(prefix)/share"
    }
}
