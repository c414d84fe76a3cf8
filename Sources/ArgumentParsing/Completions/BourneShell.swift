/// What bash and zsh have in common.
enum BourneShell {
    /// The function that tells what is expected where a value is. It sets `kind` and `values`.
    static func values(_ table: CompletionTable) -> String {
        let cases = table.commands.filter { !$0.slots.isEmpty }.map { command in
            """
                    \(quoted(command.path)))
                        case $2 in
            \(command.slots.map { slot($0, indentation: 16) }.joined())            esac
                        ;;

            """
        }
        return """
            # What is expected behind an option, or as the argument with this number; nothing where 'kind' is empty.
            \(table.functionName)_value() {
                kind='' values=()
                case $1 in
            \(cases.joined())    esac
                case $2 in
            \(table.globalSlots.map { slot($0, indentation: 8) }.joined())    esac
            }


            """
    }

    private static func slot(_ slot: CompletionTable.Slot, indentation: Int) -> String {
        let pattern = slot.isLast ? "[0-9]*" : slot.names.joined(separator: " | ")
        let values = slot.kind.words.isEmpty ? "" : " values=(\(list(slot.kind.words)))"
        let margin = String(repeating: " ", count: indentation)
        return "\(margin)\(pattern)) kind=\(quoted(slot.kind.word))\(values) ;;\n"
    }

    /// A part of a script in which `@NAME@`, `@PROGRAM@` and `@ASKING@` stand for what differs from program to program.
    static func fill(_ frame: String, _ table: CompletionTable, _ asking: [String]) -> String {
        frame.replacing("@NAME@", with: table.functionName).replacing("@PROGRAM@", with: quoted(table.program))
            .replacing("@ASKING@", with: list(asking))
    }

    /// The words of an array.
    static func list(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// A text as one word. Nothing in it is evaluated.
    static func quoted(_ text: String) -> String {
        if text.isPlainWord { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension CompletionTable {
    /// What the names of the script's functions begin with.
    var functionName: String { "_" + program.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() }
}

extension String {
    /// Whether the text means itself in every shell.
    var isPlainWord: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
