import Testing
import TestSupport

@Suite("doctor", .serialized) struct DoctorTests {
    @Test("a service manager that hangs is left, and the checks behind it are done")
    func hangingServiceManager() throws {
        let gateway = try Gateway()
        let text = try #require(gateway.text("system.toml"))
        let first = try #require(text.split(separator: "\n").first { $0.hasPrefix("is_available") })
        try write(text.replacing(first, with: "is_available = [\"sleep\", \"60\"]"), to: gateway.path("system.toml"))
        let begin = ContinuousClock.now
        let outcome = try gateway.tedge("doctor", "c8y")
        #expect(begin.duration(to: .now) < .seconds(15))
        #expect(outcome.status == 1 && outcome.errors == "")
        #expect(outcome.output.contains("error    service-manager: The service manager does not answer.\n"))
        #expect(outcome.output.contains("         Seen: sleep did not answer within 4 s\n"))
        #expect(outcome.output.contains("skipped  mosquitto-running: sleep did not answer within 4 s\n"))
        #expect(outcome.output.contains("ok       proxy: "))
    }

    @Test("a check that does not exist is wrong usage, with the one that may be meant")
    func unknownCheck() throws {
        let outcome = try Gateway().tedge("doctor", "--only", "round-tripp")
        #expect(outcome.status == 2 && outcome.errors.contains("'round-trip'"))
    }
}
