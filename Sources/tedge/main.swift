import ArgumentParsing
import Foundation
import TedgeCore

StandardStreams.open()
// A process that becomes mosquitto for a dry run, in the place that its unit gives it.
if ProcessArguments.typed.first == UnitProcess.word { exit(UnitProcess.run()) }
// A reader that went away, and a limit of the size of files, are errors of the write.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)
CoreDump.forbid()
let words = ProcessArguments.typed
exit(Program.run(words, .standard(isJSON: Program.wantsJSON(words))))
