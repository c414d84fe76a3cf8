import ArgumentParsing
import FuzzSupport

@testable import TedgeCore
@testable import tedge

/// Reads the input as the words of a command line, with zero bytes between them. The answer is printable, and options that
/// every command takes change nothing about it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    let words = input.words()
    let answer = Answer(words)
    switch answer {
    case .command(let path): require(path.first == "tedge", "a path begins with the program")
    case .text(let text):
        requirePrintable(text)
        require(text.contains("Usage: tedge") || text == "tedge \(ProgramRelease.version)", "help says how to call it")
    case .error(let error):
        requirePrintable(error.description)
        require(
            error.description.hasPrefix("error: ") || error.description.contains("Usage: tedge"), "an error says so")
        require(error.description.utf8.count < 20_000, "an error is short, however long the words are")
    }
    require(Answer(["--json", "--config-dir", "/x", "--debug"] + words) == answer, "options of all commands go first")
    return 0
}

/// What words are answered with.
private enum Answer: Equatable {
    case command([String])
    case text(String)
    case error(UsageError)

    init(_ words: [String]) {
        do throws(UsageError) {
            switch try Program.parser.parse(words) {
            case .command(let command, _, let path):
                require(command is any RunnableCommand, "a command can be run")
                self = .command(path)
            case .help(let text, _), .version(let text): self = .text(text)
            }
        } catch {
            self = .error(error)
        }
    }
}
