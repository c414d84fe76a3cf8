import ArgumentParsing
import Foundation
import TedgeCore

StandardStreams.open()
if CommandLine.arguments.dropFirst().first == UnitProcess.word { exit(UnitProcess.run()) }
let console = Console.standard(isJSON: false)
signal(SIGPIPE, SIG_IGN)
CoreDump.forbid()
exit(Program.run(Array(CommandLine.arguments.dropFirst()), console))
