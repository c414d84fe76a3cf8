import Foundation

/// Which programs of the owner of the device may be run: those that nobody but the caller can have put there. Root runs none that
/// another user can exchange.
struct HookTrust {
    private let context: Context
    private static let writableByOthers: UInt16 = 0o022

    /// Judges for the caller of the context.
    init(_ context: Context) { self.context = context }

    /// Whether a name is that of a hook, and not that of a backup or a hidden file.
    static func isHook(_ name: String) -> Bool {
        !name.hasPrefix(".") && !name.hasSuffix("~") && !name.contains(".dpkg-")
    }

    /// Why a directory with hooks is not to be trusted; nil if it is.
    func problem(ofDirectory path: String) -> String? {
        guard let status = (try? context.files.status(path, followLinks: false)) ?? nil else { return "is gone." }
        if context.accounts.isRoot, status.kind != .directory { return "is not a directory, but a link." }
        return objection(status, isRootAlso: !context.accounts.isRoot)
    }

    /// Why a file or directory is not to be trusted; nil if it is.
    ///
    /// - Parameter isRootAlso: Whether it may belong to root as well as to the caller.
    func objection(_ status: FileStatus, isRootAlso: Bool = false) -> String? {
        let caller = context.accounts.caller.user
        guard status.owner.user == caller || (isRootAlso && status.owner.user == 0) else {
            let name = context.accounts.name(ofUser: status.owner.user) ?? "\(status.owner.user)"
            return "belongs to '\(name)'."
        }
        return status.mode & Self.writableByOthers != 0 ? "can be written by others." : nil
    }

    /// Whether this is root and somebody else can rename what is above a directory.
    func isExchangeable(_ directory: String) -> Bool {
        guard context.accounts.isRoot, var path = try? context.files.realPath(Path.directory(of: directory)) else {
            return context.accounts.isRoot
        }
        while true {
            guard let status = (try? context.files.status(path)) ?? nil, status.owner.user == 0 else { return true }
            // In a directory with the sticky bit, as /tmp, names can be exchanged by their owners alone.
            if status.mode & Self.writableByOthers != 0, status.mode & 0o1000 == 0 { return true }
            if path == "/" { return false }
            path = Path.directory(of: path)
        }
    }
}

/// A directory of root's that stays the same one, whatever happens to its name meanwhile.
final class HeldDirectory {
    private let descriptor: Int32

    /// Opens it; nil if it is a link, or does not belong to root alone.
    init?(_ path: String) {
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0, status.st_uid == 0, status.st_mode & 0o022 == 0
        else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Its name among the files of this process, proc(5).
    var path: String { "/proc/\(getpid())/fd/\(descriptor)" }
}
