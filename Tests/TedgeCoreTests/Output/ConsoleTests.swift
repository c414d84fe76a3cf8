import Glibc
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

    @Test("why a text for stdout is lost is kept, and neither a reader that went away nor a failure of stderr counts")
    func lostOutput() {
        func console(_ failing: ConsoleStream, _ code: Int32) -> Console {
            Console { stream, _ throws(SystemError) in if stream == failing { throw SystemError(code) } }
        }
        let full = console(.output, ENOSPC)
        full.warning("x")
        #expect(full.outputFailure == nil)
        full.result("x")
        full.step("x")
        #expect(full.outputFailure == SystemError(ENOSPC))
        let gone = console(.output, EPIPE)
        gone.result("x")
        #expect(gone.outputFailure == nil)
        let mute = console(.error, ENOSPC)
        mute.error("x")
        #expect(mute.outputFailure == nil)
    }

    @Test("output that is lost is an error of its own, once, and what was changed is not taken for undone")
    func lostOutputReport() {
        let errors = Printed()
        let console = Console { stream, text throws(SystemError) in
            if stream == .output { throw SystemError(ENOSPC) }
            errors.console().error(text)
        }
        #expect(!console.reportLostOutput(of: .done("config list", changed: false)))
        console.result("x")
        #expect(console.reportLostOutput(of: .done("config list", changed: false)))
        let frame = """
            Error: failed to print the output of `tedge config list`.

            Caused by:
                0: Cannot write the standard output
                1: No space left on device (os error 28)

            Hint: Make room where the output goes, or send it elsewhere.

            """
        #expect(errors.errors == frame)
        errors.forget()
        #expect(console.reportLostOutput(of: .failed("mqtt sub", reason: "output-failed", causes: [])))
        #expect(errors.errors == "")
        #expect(console.reportLostOutput(of: .done("connect", changed: true)))
        #expect(errors.errors.hasSuffix("send it elsewhere. What the command did is done and stays.\n"))
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
