/// Completion in fish 3 or newer.
enum FishCompletion {
    static func script(for table: CompletionTable, asking: [String]) -> String {
        let name = "_" + table.functionName
        return """
            # Completion of \(table.program) in fish, made by the program itself.

            # The commands below one, each with what it does.
            function \(name)_commands
                switch "$argv[1]"
            \(cases(table.commands.map { ($0.path, $0.subcommands) }))    end
            end

            # The options of a command, each with those that rule it out and what it is for.
            function \(name)_switches
                switch "$argv[1]"
            \(cases(table.commands.map { ($0.path, $0.switches) }))    end
            \(rows(table.globalSwitches, indentation: 4))end

            # What is expected behind an option, or as the argument with this number: its kind, and the values that there are.
            function \(name)_value
                switch "$argv[1]"
            \(table.commands.map(slots).joined())    end
                switch "$argv[2]"
            \(table.globalSlots.map { slot($0, indentation: 8) }.joined())    end
            end


            """
                + frame.replacing("@NAME@", with: name).replacing("@PROGRAM@", with: quoted(table.program))
                .replacing("@ASKING@", with: asking.map(quoted).joined(separator: " "))
    }

    private static func cases(_ commands: [(path: String, rows: [[String]])]) -> String {
        commands.filter { !$0.rows.isEmpty }.map { command in
            "        case \(quoted(command.path))\n" + rows(command.rows, indentation: 12)
        }.joined()
    }

    /// Prints rows whose columns have tabs between them.
    private static func rows(_ rows: [[String]], indentation: Int) -> String {
        guard let columns = rows.first?.count else { return "" }
        let margin = String(repeating: " ", count: indentation)
        let format = Array(repeating: "%s", count: columns).joined(separator: "\\t") + "\\n"
        let words = rows.map { $0.map(quoted).joined(separator: " ") }
        return "\(margin)printf '\(format)' \\\n" + words.map { "\(margin)    \($0)" }.joined(separator: " \\\n") + "\n"
    }

    private static func slots(of command: CompletionTable.Command) -> String {
        guard !command.slots.isEmpty else { return "" }
        return """
                    case \(quoted(command.path))
                        switch "$argv[2]"
            \(command.slots.map { slot($0, indentation: 16) }.joined())            end

            """
    }

    private static func slot(_ slot: CompletionTable.Slot, indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        let names = slot.isLast ? ["'#*'"] : slot.names.map { $0.hasPrefix("-") ? $0 : "'#\($0)'" }
        let words = ([slot.kind.word] + slot.kind.words).map(quoted).joined(separator: " ")
        return "\(margin)case \(names.joined(separator: " "))\n\(margin)    printf '%s\\n' \(words)\n"
    }

    private static func quoted(_ text: String) -> String {
        if text.isPlainWord { return text }
        return text.reduce(into: "'") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : String($1) } + "'"
    }

    /// The part that is the same for all programs.
    private static let frame = #"""
        # The files or directories that begin like a word as it is typed.
        function @NAME@_paths
            if test "$argv[1]" = directory
                complete -C "'' $argv[2]" | string match -r '.*/$'
            else
                complete -C "'' $argv[2]"
            end
        end

        function @NAME@_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -e words[1]
            set -l level @PROGRAM@
            set -l position 1
            set -l given
            set -l pending
            set -l only
            set -l help
            set -l value
            set -l prefix ''
            for word in $words
                if set -q pending[1]; and not string match -qr -- '^-.' "$word"
                    set pending
                else if set -q only[1]; or not string match -qr -- '^-.' "$word"
                    set -l below (@NAME@_commands $level | string replace -r '\t.*' '')
                    if not set -q below[1]
                        set position (math $position + 1)
                    else if test "$word" = help
                        set help 1
                    else if not set -q only[1]; and contains -- "$word" $below
                        set level "$level $word"
                    else
                        return
                    end
                else if test "$word" = --
                    set only 1
                else if string match -q -- '--*' "$word"
                    set given $given (string replace -r '=.*' '' -- "$word")
                    set value (@NAME@_value $level "$word")
                    set pending
                    set -q value[1]; and set pending $word
                else
                    set pending
                    set -l rest (string sub -s 2 -- "$word")
                    while test -n "$rest"
                        set -l name -(string sub -l 1 -- "$rest")
                        set rest (string sub -s 2 -- "$rest")
                        set given $given $name
                        set value (@NAME@_value $level $name)
                        if set -q value[1]
                            test -n "$rest"; or set pending $name
                            break
                        end
                    end
                end
            end

            set value
            if set -q pending[1]
                set value (@NAME@_value $level $pending)
            else if not set -q only[1]; and string match -qr -- '^--[^=]+=' "$current"
                set prefix (string match -r -- '^--[^=]+=' "$current")
                set current (string replace -r -- '^--[^=]+=' '' "$current")
                set value (@NAME@_value $level (string replace -- = '' $prefix))
            else if not set -q only[1]; and string match -q -- '-*' "$current"
                set value switches
            else if @NAME@_commands $level | string length -q
                set -q only[1]; or set value subcommands
            else
                set value (@NAME@_value $level "#$position")
                not set -q value[1]; and test -z "$current"; and not set -q only[1]; and set value switches
            end

            switch "$value[1]"
                case '' none
                    return
                case file directory
                    printf '%s\n' $prefix(@NAME@_paths $value[1] $current)
                case values
                    printf '%s\n' $prefix$value[2..-1]
                case subcommands
                    if set -q help[1]
                        @NAME@_commands $level | string match -rv '^help\t'
                    else
                        @NAME@_commands $level
                    end
                case switches
                    @NAME@_switches $level | while read -l -d \t name excluders text
                        set -l isFree 1
                        for word in (string split -n ' ' -- "$excluders")
                            contains -- $word $given; and set isFree 0
                        end
                        test $isFree = 1; and printf '%s\t%s\n' $name $text
                    end
                case '*'
                    for line in (printf '%s\0' $words | command @PROGRAM@ @ASKING@ $value[1] 2>/dev/null)
                        switch $line
                            case \tfile \tdirectory
                                printf '%s\n' $prefix(@NAME@_paths (string trim -- $line) $current)
                            case '*'
                                printf '%s\n' $prefix$line
                        end
                    end
            end
        end

        complete -c @PROGRAM@ -e
        complete -c @PROGRAM@ -f -k -a '(@NAME@_complete)'

        """#
}
