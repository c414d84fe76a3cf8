import Testing

@testable import TedgeCore

@Suite struct ConsoleTests {
    private let printed = Printed()

    @Test("a step has an empty line behind it, a line has none, and a result is as it is")
    func layout() {
        let console = printed.console()
        console.step("Step.")
        console.line("Line.")
        console.result("a\tb")
        #expect(printed.output == "Step.\n\nLine.\na\tb")
        #expect(printed.errors == "")
    }

    @Test("warnings and remarks are lines on stderr")
    func warnings() {
        let console = printed.console()
        console.warning("Careful.")
        console.note("By the way.")
        #expect(printed.errors == "Warning: Careful.\nBy the way.\n")
        #expect(printed.output == "")
    }

    @Test("a line that was begun is ended once before an error")
    func openLine() {
        let console = printed.console()
        console.partial("Try 1: ")
        console.error("Error: x\n")
        console.error("more\n")
        #expect(printed.all == "Try 1: \nError: x\nmore\n")
        #expect(printed.output == "Try 1: \n")
    }

    @Test("a line that was ended is not ended again")
    func endedLine() {
        let console = printed.console()
        console.partial("Try 1: ")
        console.line("done")
        console.warning("x")
        #expect(printed.all == "Try 1: done\nWarning: x\n")
    }

    @Test("with JSON stdout holds the object alone, and progress goes to stderr")
    func json() {
        let console = printed.console(isJSON: true)
        console.step("Step.")
        console.partial("Try. ")
        console.line("Line.")
        console.result("result\n")
        console.object(.object([.init("a", .number(1))]))
        #expect(printed.output == "{\"a\":1}\n")
        #expect(printed.errors == "Step.\n\nTry. Line.\n")
    }

    @Test("without JSON there is no object")
    func noObject() {
        printed.console().object(.object([]))
        #expect(printed.all == "")
    }

    @Test("what a file or server said does not reach the terminal as a command")
    func escapes() {
        let console = printed.console()
        console.step("a\u{1B}[31mb")
        console.line("c\u{7}")
        console.warning("d\r")
        console.note("e\u{202E}")
        #expect(printed.all == "a\\u{1b}[31mb\n\nc\\u{7}\nWarning: d\\u{d}\ne\\u{202e}\n")
    }
}
