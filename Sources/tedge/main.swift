import ArgumentParsing
import Foundation
import TedgeCore

let console = Console.standard(isJSON: false)
signal(SIGPIPE, SIG_IGN)
exit(Program.run(Array(CommandLine.arguments.dropFirst()), console))
