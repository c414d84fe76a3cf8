/// Completion in bash 4.4 or newer, with and without the package bash-completion.
enum BashCompletion {
    static func script(for table: CompletionTable, asking: [String]) -> String {
        "# Completion of \(table.program) in bash, made by the program itself.\n\n" + commands(table)
            + BourneShell.values(table) + BourneShell.fill(frame, table, asking)
    }

    private static func commands(_ table: CompletionTable) -> String {
        let cases = table.commands.map { command in
            """
                    \(BourneShell.quoted(command.path)))
                        subcommands=(\(BourneShell.list(command.subcommands.map { $0[0] })))
                        switches=(\(BourneShell.list(rows(command.switches))))
                        ;;

            """
        }
        return """
            # The commands below one, and its options: each with those that rule it out behind it.
            \(table.functionName)_command() {
                subcommands=() switches=()
                case $1 in
            \(cases.joined())    esac
                switches+=(\(BourneShell.list(rows(table.globalSwitches))))
            }


            """
    }

    /// Of each option its name and those that rule it out.
    private static func rows(_ switches: [[String]]) -> [String] {
        switches.map { $0[1].isEmpty ? $0[0] : "\($0[0]) \($0[1])" }
    }

    /// The part that is the same for all programs. The line is taken apart here and not by bash, which breaks words at `=` and
    /// `:` and leaves quotes in them; what is inserted takes the place of what readline holds for the word.
    private static let frame = #"""
        # Whether a word is among others.
        @NAME@_among() {
            local other
            for other in "${@:2}"; do [[ $other == "$1" ]] && return 0; done
            return 1
        }

        # Takes the line up to the cursor apart: 'words' without quotes; 'kept' is what stands before the part of the last one
        # that readline replaces.
        @NAME@_words() {
            local line=${COMP_LINE:0:COMP_POINT} letter next begun='' word='' typed='' i
            words=() kept='' quote=''
            for ((i = 0; i < ${#line}; i++)); do
                letter=${line:i:1} next=${line:i+1:1}
                if [[ $quote == \' ]]; then
                    if [[ $letter == \' ]]; then quote=''; else word+=$letter; fi
                elif [[ $letter == \\ && ( -z $quote || $next == [\"\$\`\\] ) ]]; then
                    word+=$next typed+=$letter letter=$next i=$((i + 1))
                elif [[ $quote ]]; then
                    if [[ $letter == \" ]]; then quote=''; else word+=$letter; fi
                elif [[ $letter == [[:space:]] ]]; then
                    [[ $begun ]] && words+=("$word")
                    word='' typed='' kept='' begun=''
                    continue
                elif [[ $letter == [\"\'] ]]; then
                    quote=$letter kept=$typed$letter
                else
                    word+=$letter
                    [[ $COMP_WORDBREAKS == *"$letter"* ]] && kept=$typed$letter
                fi
                typed+=$letter begun=1
            done
            words+=("$word")
        }

        # Offers what begins like the word at the cursor, in the quotes that it stands in.
        @NAME@_offer() {
            local candidate
            for candidate in "${candidates[@]}"; do
                [[ $candidate == "$current"* ]] || continue
                case $quote in
                    \')
                        candidate=${candidate//\'/\'\\\'\'}
                        ;;
                    \")
                        candidate=${candidate//\\/\\\\}
                        candidate=${candidate//\"/\\\"}
                        candidate=${candidate//\$/\\\$}
                        candidate=${candidate//\`/\\\`}
                        ;;
                    *)
                        printf -v candidate %q "$candidate"
                        ;;
                esac
                candidate=$prefix$quote$candidate
                [[ $candidate == "$kept"* ]] && COMPREPLY+=("${candidate#"$kept"}")
            done
        }

        # Asks the program for words of a kind.
        @NAME@_ask() {
            local line
            while IFS= read -r line; do
                case $line in
                    $'\tfile') kind=file ;;
                    $'\tdirectory') kind=directory ;;
                    *) candidates+=("${line%%$'\t'*}") ;;
                esac
            done < <(printf '%s\0' "${before[@]}" | command @PROGRAM@ @ASKING@ "$kind" 2>/dev/null)
        }

        @NAME@() {
            local IFS=$' \t\n' words=() kept='' quote='' level=@PROGRAM@ subcommands=() switches=() kind='' values=()
            local current before=() given=' ' pending='' only='' help='' position=1 rest word entry prefix='' candidates=()
            COMPREPLY=()
            @NAME@_words
            [[ ${#words[@]} -gt 1 ]] || return
            current=${words[${#words[@]}-1]}
            before=("${words[@]:1:${#words[@]}-2}")
            for word in "${before[@]}"; do
                if [[ $pending && $word != -?* ]]; then
                    pending=''
                elif [[ $only || $word != -?* ]]; then
                    @NAME@_command "$level"
                    if [[ ${#subcommands[@]} -eq 0 ]]; then
                        position=$((position + 1))
                    elif [[ $word == help ]]; then
                        help=1
                    elif [[ ! $only ]] && @NAME@_among "$word" "${subcommands[@]}"; then
                        level+=" $word"
                    else
                        return
                    fi
                elif [[ $word == -- ]]; then
                    only=1
                elif [[ $word == --* ]]; then
                    given+="${word%%=*} " pending=''
                    @NAME@_value "$level" "$word"
                    [[ $kind ]] && pending=$word
                else
                    rest=${word:1} pending=''
                    while [[ $rest ]]; do
                        word=-${rest:0:1} rest=${rest:1}
                        given+="$word "
                        @NAME@_value "$level" "$word"
                        if [[ $kind ]]; then
                            [[ $rest ]] || pending=$word
                            break
                        fi
                    done
                fi
            done

            @NAME@_command "$level"
            kind=''
            if [[ $pending ]]; then
                @NAME@_value "$level" "$pending"
            elif [[ ! $only && $current == --*=* ]]; then
                prefix=${current%%=*}= current=${current#*=}
                @NAME@_value "$level" "${prefix%=}"
            elif [[ ! $only && $current == -* ]]; then
                kind=switches
            elif [[ ${#subcommands[@]} -gt 0 ]]; then
                [[ $only ]] || kind=subcommands
            else
                @NAME@_value "$level" "$position"
                [[ $kind || $current || $only ]] || kind=switches
            fi

            case $kind in
                '' | none | file | directory) ;;
                values) candidates=("${values[@]}") ;;
                subcommands)
                    for word in "${subcommands[@]}"; do
                        [[ $help && $word == help ]] || candidates+=("$word")
                    done
                    ;;
                switches)
                    for entry in "${switches[@]}"; do
                        for word in ${entry#"${entry%% *}"}; do
                            [[ $given == *" $word "* ]] && continue 2
                        done
                        candidates+=("${entry%% *}")
                    done
                    ;;
                *) @NAME@_ask ;;
            esac
            case $kind in
                file) compopt -o default 2>/dev/null ;;
                directory) compopt -o dirnames 2>/dev/null ;;
                *) @NAME@_offer ;;
            esac
        }

        complete -F @NAME@ @PROGRAM@

        """#
}
