import ArgumentParsing
import Foundation
import TedgeCore

StandardStreams.open()
// A process that becomes mosquitto for a dry run, confined as its unit says.
if ProcessArguments.typed.first == UnitProcess.word { exit(UnitProcess.run()) }
let words = ProcessArguments.typed
// Before anything is changed that another program would inherit.
if let status = HandOver.run(name: ProcessArguments.programName, words) { exit(status) }
// A reader that has gone, or a file size limit, makes the write fail instead of ending the program.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)
CoreDump.forbid()
// From here on a signal does not end the program before it has printed its object.
if Program.wantsJSON(words) { Interruption.catchSignals() }
exit(Program.run(words, .standard(isJSON: Program.wantsJSON(words))))
