import Testing

@testable import TedgeCore

@Suite struct LogStartsTests {
    @Test("a log is split where the service starts, and what is before belongs to an earlier start")
    func split() {
        let lines = ["rest", "1: mosquitto version 2.0.11 starting", "a", "2: mosquitto version 2.1.2 starting", "b"]
        let parts = LogStarts.split(lines, isStart: LogStarts.isStartOfMosquitto)
        #expect(parts == [["rest"], Array(lines[1...2]), Array(lines[3...4])])
        #expect(LogStarts.split([], isStart: { _ in true }) == [])
    }

    @Test("of a long start the first and the last lines are kept, and of many starts the last")
    func shortened() {
        let long = (1...100).map(String.init)
        let text = LogStarts.text([long])
        #expect(text.hasPrefix("== start 1 of 1 ==\n1\n") && text.contains("\n10\n(30 lines are left out)\n41\n"))
        #expect(text.hasSuffix("\n100\n"))
        let many = LogStarts.text((1...20).map { ["start \($0)"] })
        #expect(many.contains("== start 8 of 8 ==\nstart 20\n") && !many.contains("start 12\n"))
        #expect(LogStarts.text([[]]) == "")
    }

    @Test("the starts of a unit are those that journalctl names, each once")
    func invocations() {
        let one = String(repeating: "a", count: 32)
        let other = String(repeating: "b1", count: 16)
        let text = """
            {"INVOCATION_ID":"\(one)","__CURSOR":"x"}
            {"__CURSOR":"y","INVOCATION_ID":"\(one)"}
            {"INVOCATION_ID":"short"}
            {"INVOCATION_ID":"\(other)"}
            """
        #expect(LogStarts.invocations(in: text) == [one, other])
    }
}
