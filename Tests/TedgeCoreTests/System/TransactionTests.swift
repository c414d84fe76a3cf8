import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Steps that are done together or not at all.
@Suite struct TransactionTests {
    let fixture: Fixture
    let transaction: Transaction
    private let log = Log()

    private final class Log {
        var lines: [String] = []
    }

    init() throws {
        fixture = try Fixture()
        transaction = Transaction(in: fixture.context)
    }

    private func perform(_ name: String, failing error: (any Error)? = nil) throws {
        try transaction.perform {
            log.lines.append(name)
            if let error { throw error }
        } undo: { [log] result in
            let outcome = if case .success = result { "done" } else { "failed" }
            log.lines.append("undo \(name), which is \(outcome)")
        }
    }

    @Test("a failure undoes the steps in reverse, then the files, then what waits for the files in its order")
    func order() throws {
        let path = fixture.directory.file("a")
        let files = fixture.files
        #expect(throws: UnexpectedError.self) {
            try transaction.run {
                try transaction.files.write(path, [1])
                for name in ["first", "second"] {
                    transaction.afterFiles { [log] in log.lines.append("\(name) with files: \(files.exists(path))") }
                }
                try perform("one")
                try perform("two", failing: UnexpectedError("no"))
            }
        }
        #expect(
            log.lines == [
                "one", "two", "undo two, which is failed", "undo one, which is done", "first with files: false",
                "second with files: false",
            ])
        transaction.undo()
        #expect(log.lines.count == 6)
    }

    @Test("a signal that came meanwhile undoes everything; after a commit nothing is undone")
    func signal() throws {
        try perform("one")
        transaction.commit()
        fixture.signal.send(SIGTERM)
        #expect(throws: Interrupted.self) { try transaction.run { try perform("two") } }
        #expect(log.lines == ["one", "two", "undo two, which is done"])
    }

    @Test("what cannot be undone is told, and the rest is undone")
    func failure() throws {
        try perform("one")
        try transaction.perform {
        } undo: { _ in
            throw ServiceError.signalled(command: "x")
        }
        transaction.undo()
        #expect(
            fixture.errors == "Warning: Could not restore services: Service command <\"x\"> terminated by a signal.\n")
        #expect(log.lines.last == "undo one, which is done")
    }

    @Test("a lock is held until the end")
    func lock() throws {
        for end in [Transaction.commit, Transaction.undo] {
            let path = fixture.directory.file("lock")
            transaction.hold(try #require(try fixture.files.lock(path, holder: "test")))
            #expect(fixture.files.exists(path))
            end(transaction)()
            #expect(!fixture.files.exists(path))
        }
    }
}
