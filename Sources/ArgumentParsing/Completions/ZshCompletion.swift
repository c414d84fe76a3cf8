/// Completion in zsh 5, as a file of the search path for functions and as a script to be sourced.
enum ZshCompletion {
    static func script(for table: CompletionTable, asking: [String]) -> String {
        """
        #compdef \(table.program)
        # Completion of \(table.program) in zsh, made by the program itself.


        """ + commands(table) + BourneShell.values(table) + BourneShell.fill(frame, table, asking)
    }

    private static func commands(_ table: CompletionTable) -> String {
        let cases = table.commands.map { command in
            """
                    \(BourneShell.quoted(command.path)))
                        subcommands=(\(rows(command.subcommands)))
                        switches=(\(rows(command.switches)))
                        ;;

            """
        }
        return """
            # The commands below one, each with its text, and its options, each with those that rule it out and its text.
            \(table.functionName)_command() {
                subcommands=() switches=()
                case $1 in
            \(cases.joined())    esac
                switches+=(\(rows(table.globalSwitches)))
            }


            """
    }

    private static func rows(_ rows: [[String]]) -> String {
        let margin = "\n" + String(repeating: " ", count: 16)
        return rows.map { margin + BourneShell.list($0) }.joined()
    }

    /// The part that is the same for all programs.
    private static let frame = #"""
        @NAME@() {
            local level=@PROGRAM@ kind given=' ' pending only help rest word name text excluders line
            local -i position=1
            local -a before subcommands switches values entries expl
            before=("${(@Q)words[2,CURRENT-1]}")
            for word in "${before[@]}"; do
                if [[ -n $pending && $word != -?* ]]; then
                    pending=
                elif [[ -n $only || $word != -?* ]]; then
                    @NAME@_command "$level"
                    if (( ! $#subcommands )); then
                        position+=1
                    elif [[ $word == help ]]; then
                        help=1
                    elif [[ -z $only && $word != *' '* ]] && (( $subcommands[(Ie)$word] % 2 )); then
                        level+=" $word"
                    else
                        return 1
                    fi
                elif [[ $word == -- ]]; then
                    only=1
                elif [[ $word == --* ]]; then
                    given+="${word%%=*} " pending=
                    @NAME@_value "$level" "$word"
                    [[ -n $kind ]] && pending=$word
                else
                    rest=${word#-} pending=
                    while [[ -n $rest ]]; do
                        word=-${rest[1]} rest=${rest[2,-1]}
                        given+="$word "
                        @NAME@_value "$level" "$word"
                        if [[ -n $kind ]]; then
                            [[ -n $rest ]] || pending=$word
                            break
                        fi
                    done
                fi
            done

            @NAME@_command "$level"
            kind=
            if [[ -n $pending ]]; then
                @NAME@_value "$level" "$pending"
            elif [[ -z $only && $PREFIX == --*=* ]]; then
                @NAME@_value "$level" "${PREFIX%%=*}"
                [[ -n $kind ]] && compset -P "${PREFIX%%=*}="
            elif [[ -z $only && $PREFIX == -* ]]; then
                kind=switches
            elif (( $#subcommands )); then
                [[ -n $only ]] || kind=subcommands
            else
                @NAME@_value "$level" "$position"
                [[ -n $kind || -n $PREFIX || -n $only ]] || kind=switches
            fi

            case $kind in
                '' | none) return 1 ;;
                file) _files ;;
                directory) _path_files -/ ;;
                values) _wanted values expl value compadd -a values ;;
                subcommands)
                    for name text in "${subcommands[@]}"; do
                        [[ -n $help && $name == help ]] || entries+=("$name:$text")
                    done
                    _describe -t commands command entries
                    ;;
                switches)
                    for name excluders text in "${switches[@]}"; do
                        for word in ${=excluders}; do
                            [[ $given == *" $word "* ]] && continue 2
                        done
                        entries+=("$name:$text")
                    done
                    _describe -o -t options option entries
                    ;;
                *)
                    for line in "${(@f)$(printf '%s\0' "${before[@]}" | command @PROGRAM@ @ASKING@ "$kind" 2>/dev/null)}"; do
                        case $line in
                            '') ;;
                            $'\tfile') _files && return ;;
                            $'\tdirectory') _path_files -/ && return ;;
                            *)
                                name=${${${line%%$'\t'*}//\\/\\\\}//:/\\:}
                                [[ $line == *$'\t'* ]] && name+=:${line#*$'\t'}
                                entries+=("$name")
                                ;;
                        esac
                    done
                    _describe -t values value entries
                    ;;
            esac
        }

        if [[ ${funcstack[1]} == @NAME@ ]]; then
            @NAME@ "$@"
        else
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i -D; }
            compdef @NAME@ @PROGRAM@
        fi

        """#
}
