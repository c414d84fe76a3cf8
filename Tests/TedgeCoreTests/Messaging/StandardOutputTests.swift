import Foundation
import Synchronization
import Testing

@testable import TedgeCore

@Suite struct StandardOutputTests {
    private let pipe: Pipe
    private let output: StandardOutput

    init() {
        // As the program does.
        signal(SIGPIPE, SIG_IGN)
        pipe = Pipe()
        output = StandardOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, lastWaits: 1)
    }

    @Test("all bytes are written, also more than a pipe holds at once")
    func all() throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let received = Mutex(Data())
        let done = DispatchSemaphore(value: 0)
        let reader = pipe.fileHandleForReading
        Thread.detachNewThread {
            let data = reader.readDataToEndOfFile()
            received.withLock { $0 = data }
            done.signal()
        }
        try output.write(bytes, hurry: { false })
        #expect(!output.isClosed && !output.isTerminal)
        try pipe.fileHandleForWriting.close()
        done.wait()
        #expect(received.withLock { Array($0) } == bytes)
    }

    @Test("a reader that goes away is noticed without a write, and a write says so")
    func readerGone() throws {
        #expect(!output.isClosed)
        try pipe.fileHandleForReading.close()
        #expect(output.isClosed)
        #expect(throws: SystemError(EPIPE)) { try output.write([1], hurry: { false }) }
    }

    @Test("a reader that takes nothing is left in a hurry")
    func hurry() throws {
        var questions = 0
        try output.write([UInt8](repeating: 1, count: 1 << 20)) {
            questions += 1
            return true
        }
        #expect(questions == 1 && !output.isClosed)
    }

    @Test("after a write that has failed the output is closed")
    func failed() {
        let full = StandardOutput(descriptor: open("/dev/full", O_WRONLY | O_CLOEXEC))
        #expect(!full.isClosed)
        #expect(throws: SystemError(ENOSPC)) { try full.write([1], hurry: { false }) }
        #expect(full.isClosed)
    }

    @Test("nothing to write is no write")
    func nothing() throws {
        try StandardOutput(descriptor: -1).write([], hurry: { true })
    }
}
