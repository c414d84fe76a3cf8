import TestSupport
import Testing

/// The sign of a change that is not complete does not come back when the power fails after success: its directory is
/// synchronized behind the removal.
@Suite struct DurableMarkTests {
    private func expectDurable(_ gateway: Gateway, _ words: [String], _ mark: String) throws {
        let trace = "\(gateway.directory)/trace"
        let command = Fault.strace(trace) + [releaseExecutable] + words
        let done = Outcome(
            try ChildProcess.run(command[0], Array(command.dropFirst()), environment: gateway.environment))
        try done.expectSuccess()
        let lines = contents(of: trace).split(separator: "\n")
        let removal = try #require(
            lines.lastIndex { $0.hasPrefix("unlinkat(") && $0.contains("\"\(mark)\"") && $0.hasSuffix(" = 0") },
            "\(words): \(mark) is not removed")
        let directory = try #require(lines[removal].split(separator: "<").last?.split(separator: ">").first)
        let isSynchronized = lines[removal...].contains {
            $0.hasPrefix("fsync(") && $0.contains("<\(directory)>") && $0.hasSuffix(" = 0")
        }
        #expect(isSynchronized, "\(words): \(mark) can come back")
    }

    @Test("the marks of the settings, of certificates and of bridges are gone for good")
    func marks() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.tedge("cert", "create", "--device-id", "marked").expectSuccess()
        try gateway.tedge("cert", "remove").expectSuccess()
        let certificate = "tedge-certificate.pem.unfinished"
        try expectDurable(gateway, ["cert", "create", "--device-id", "marked"], certificate)
        try expectDurable(gateway, ["cert", "remove"], certificate)
        try gateway.certify(for: cloud)
        try gateway.startLocalBroker()
        try expectDurable(gateway, ["connect", "c8y", "--offline"], "c8y-bridge.conf.unfinished")
        try expectDurable(gateway, ["disconnect", "c8y"], "c8y-bridge.conf.unfinished")
        let old = try Gateway()
        try write("[c8y]\nurl = \"example.com\"\n", to: "\(old.configuration)/tedge.toml")
        try expectDurable(old, ["config", "upgrade"], ".upgrade.unfinished")
    }
}
