import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// A short run of the harness that `make test-hard` runs at length.
    @Suite("kills") struct HardTests {
        private static let harness = String(#filePath.dropLast("HardTests.swift".count)) + "Hard/kills"

        @Test("what changes something is killed once each, and the device too: all holds, and the next run repairs")
        func kills() throws {
            let outcome = try runChild(
                ["env", "TEDGE_EXECUTABLE=\(releaseExecutable)", "HARD_ROUNDS=1", "HARD_BOOTS=1", Self.harness],
                timeout: .seconds(600))
            let last = outcome.stdout.split(separator: "\n").last.map(String.init) ?? ""
            #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)")
            #expect(last.hasPrefix("all: ") && last.contains(" rounds, "), "\(last)")
            let numbers = last.split(separator: " ").compactMap { Int($0) }
            #expect(numbers.count == 3 && Set(numbers).count == 1 && numbers[0] >= 15, "\(last)")
        }
    }
}
