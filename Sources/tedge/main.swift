import ArgumentParsing
import Foundation
import TedgeCore

StandardStreams.open()
// A reader that went away, and a limit of the size of files, are errors of the write.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)
CoreDump.forbid()
let words = CommandLineWords.typed
exit(Program.run(words, .standard(isJSON: Program.wantsJSON(words))))
