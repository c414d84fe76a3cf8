import ArgumentParsing
import Foundation
import TedgeCore

let console = Console.standard(isJSON: false)
signal(SIGPIPE, SIG_IGN)
CoreDump.forbid()
exit(Program.run(Array(CommandLine.arguments.dropFirst()), console))
