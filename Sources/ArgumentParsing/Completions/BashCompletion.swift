extension CompletionShell {
    /// Completion in bash 4.4 or newer, with and without the package bash-completion.
    ///
    /// The line is taken apart here and not by bash, which breaks words at `=` and `:` and leaves quotes in them.
    static let bashScript = #"""
        # Completion of @PROGRAM@ in bash, printed by the program itself.

        # Takes the line up to the cursor apart: 'words' without quotes; 'kept' is the beginning of the last one that readline
        # does not replace.
        _@PROGRAM@_words() {
            local line=${COMP_LINE:0:COMP_POINT} letter next begun='' word='' i
            words=() kept='' quote=''
            for ((i = 0; i < ${#line}; i++)); do
                letter=${line:i:1} next=${line:i+1:1}
                if [[ $quote == \' ]]; then
                    if [[ $letter == \' ]]; then quote=''; else word+=$letter; fi
                elif [[ $letter == \\ && ( -z $quote || $next == [\"\$\`\\] ) ]]; then
                    word+=$next i=$((i + 1))
                elif [[ $quote ]]; then
                    if [[ $letter == \" ]]; then quote=''; else word+=$letter; fi
                elif [[ $letter == [[:space:]] ]]; then
                    [[ $begun ]] && words+=("$word")
                    word='' kept='' begun=''
                    continue
                elif [[ $letter == [\"\'] ]]; then
                    quote=$letter kept=$word
                else
                    word+=$letter
                    [[ $COMP_WORDBREAKS == *"$letter"* ]] && kept=$word
                fi
                begun=1
            done
            words+=("$word")
        }

        # Offers a word if it begins like the one at the cursor, in the same quotes.
        _@PROGRAM@_offer() {
            [[ $1 == "${words[${#words[@]}-1]}"* ]] || return
            local rest=${1#"$kept"}
            case $quote in
                \')
                    rest=${rest//\'/\'\\\'\'}
                    ;;
                \")
                    rest=${rest//\\/\\\\}
                    rest=${rest//\"/\\\"}
                    rest=${rest//\$/\\\$}
                    rest=${rest//\`/\\\`}
                    ;;
                *)
                    [[ $rest ]] && printf -v rest %q "$rest"
                    ;;
            esac
            COMPREPLY+=("$rest")
        }

        _@PROGRAM@() {
            local IFS=$' \t\n' words=() kept='' quote='' prefix='' line
            COMPREPLY=()
            _@PROGRAM@_words
            [[ ${#words[@]} -gt 1 ]] || return
            {
                IFS= read -r prefix
                while IFS= read -r line; do
                    case $line in
                        $'\tfile') compopt -o default 2>/dev/null ;;
                        $'\tdirectory') compopt -o dirnames 2>/dev/null ;;
                        *) _@PROGRAM@_offer "$prefix${line%%$'\t'*}" ;;
                    esac
                done
            } < <(printf '%s\0' "${words[@]:1}" | command @PROGRAM@ @ASKING@ 2>/dev/null)
        }

        complete -F _@PROGRAM@ @PROGRAM@

        """#
}
