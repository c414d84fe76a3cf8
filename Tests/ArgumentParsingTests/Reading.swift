@testable import ArgumentParsing
import TestSupport
import Testing

/// Reads a command line of the sample that is written with spaces between the words.
func parse(_ line: String) throws(UsageError) -> ParseResult<SampleGlobals> {
    try sampleParser.parse(line.split(separator: " ").map(String.init))
}

/// Reads words of the sample that must select this command.
func command<Command>(
    _ type: Command.Type, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
) throws -> Command {
    guard case .command(let command, _, _) = try sampleParser.parse(words) else {
        throw ReadingFailure.notACommand
    }
    return try #require(command as? Command, sourceLocation: sourceLocation)
}

/// Reads a command line of the sample that must select this command.
func command<Command>(
    _ type: Command.Type, _ line: String, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Command {
    try command(type, line.split(separator: " ").map(String.init), sourceLocation: sourceLocation)
}

/// The global options of a command line of the sample.
func globals(_ line: String) throws -> SampleGlobals {
    guard case .command(_, let globals, _) = try parse(line) else { throw ReadingFailure.notACommand }
    return globals
}

/// The error that reading these words must end with.
func usageError(_ words: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> UsageError {
    try #require(throws: UsageError.self, sourceLocation: sourceLocation) { _ = try sampleParser.parse(words) }
}

/// The error that reading this command line must end with.
func usageError(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> UsageError {
    try usageError(line.split(separator: " ").map(String.init), sourceLocation: sourceLocation)
}

/// The help that a command line of the sample asks for.
func helpText(_ line: String) throws -> String {
    guard case .help(let text, _) = try parse(line) else { throw ReadingFailure.notHelp }
    return text
}

enum ReadingFailure: Error {
    case notACommand
    case notHelp
}

/// Compares a text with the golden file of this name; with `TEDGE_RECORD=1` in the environment it writes the file instead.
func expectGolden(
    _ text: String, _ name: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let expected = try golden(name, recording: text + "\n", beside: file)
    #expect(text + "\n" == expected, sourceLocation: sourceLocation)
}
