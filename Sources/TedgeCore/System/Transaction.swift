/// Steps that are done together or not at all: each says how it is done and how it is undone.
///
/// `undo` runs in three parts: the steps, the last one first; the files, the last change first; then what has to wait for the
/// files, such as the restart of a service that reads them. A failure to undo is a warning, and the rest is undone. A
/// transaction ends with `commit` or `undo`.
final class Transaction {
    /// The changes to files.
    let files: FileTransaction
    private let context: Context
    private var steps: [() throws -> Void] = []
    private var restorations: [() throws -> Void] = []
    private var locks: [FileLock] = []

    init(in context: Context) {
        self.context = context
        files = FileTransaction(context.files)
    }

    /// Does a step.
    ///
    /// - Parameter undo: Undoes it, by what it returned. A step that failed is undone too, because it may be half done; the
    ///   error says whether it can be.
    @discardableResult
    func perform<Value>(
        _ step: () throws -> Value, undo: @escaping (Result<Value, any Error>) throws -> Void
    ) throws -> Value {
        let result = Result { try step() }
        steps.append { try undo(result) }
        return try result.get()
    }

    /// Adds what restores something once the files are as before, in the order in which it is added.
    func afterFiles(_ restore: @escaping () throws -> Void) { restorations.append(restore) }

    /// Holds a lock until the end.
    func hold(_ lock: FileLock) { locks.append(lock) }

    /// Runs steps. If one throws, or a signal came meanwhile, all of them are undone.
    func run<Value>(_ steps: () throws -> Value) throws -> Value {
        do {
            let value = try steps()
            try context.interruption.check()
            return value
        } catch {
            undo()
            throw error
        }
    }

    /// Makes all steps final.
    func commit() {
        files.commit()
        (steps, restorations) = ([], [])
        release()
    }

    /// Undoes all steps. Signals wait until this is done. A second call does nothing.
    func undo() {
        while let step = steps.popLast() { attempt(step) }
        context.rollBack(files)
        while !restorations.isEmpty { attempt(restorations.removeFirst()) }
        release()
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let causes = (error as? any ExplainedError)?.causes ?? ["\(error)"]
            context.console.unrestored("Could not restore services: \(causes.joined(separator: ": "))")
        }
    }

    private func release() {
        for lock in locks { lock.release() }
        locks = []
    }
}
