import Foundation
import Synchronization

extension SystemFiles {
    func deferDurability() { Durability.isDeferred.store(true, ordering: .relaxed) }

    func makeDurable(_ directory: String) throws(FileError) {
        Durability.isDeferred.store(false, ordering: .relaxed)
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.write, directory, .last) }
        defer { close(descriptor) }
        guard synchronizeFileSystem(descriptor) == 0 else { throw FileError(.write, directory, .last) }
    }
}

/// Whether changes are synced to the disk one by one.
enum Durability {
    fileprivate static let isDeferred = Atomic(false)

    /// Whether each change is synced by itself.
    static var isImmediate: Bool { !isDeferred.load(ordering: .relaxed) }
}

/// syncfs(2), which Swift's module of the C library leaves out.
@_silgen_name("syncfs")
private func synchronizeFileSystem(_ descriptor: Int32) -> Int32
