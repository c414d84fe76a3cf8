import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TedgeCore

/// A pipe that the caller hands over, as `/dev/stdin` and the shell's `<(command)` are.
@Suite struct PipeReadingTests {
    @Test("a pipe is read up to its end, also if bytes arrive later")
    func laterBytes() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        defer { close(reader) }
        let path = "/dev/fd/\(reader)"
        #expect(write(writer, "first", 5) == 5)
        let answer = Mutex<String?>(nil)
        Thread.detachNewThread {
            let text = try? String(decoding: SystemFiles().readInput(path), as: UTF8.self)
            answer.withLock { $0 = text ?? "not read" }
        }
        // The reader has taken the first bytes, and finds the pipe empty.
        var waiting: Int32 = 5
        #expect(eventually { ioctl(writer, UInt(FIONREAD), &waiting) == 0 && waiting == 0 })
        _ = write(writer, " second", 7)
        close(writer)
        #expect(eventually { answer.withLock { $0 } != nil })
        #expect(answer.withLock { $0 } == "first second")
    }
}
