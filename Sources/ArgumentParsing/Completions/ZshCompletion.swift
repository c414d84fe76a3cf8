extension CompletionShell {
    /// Completion in zsh 5, as a file of the search path for functions and as a script to be sourced.
    static let zshScript = #"""
        #compdef @PROGRAM@
        # Completion of @PROGRAM@ in zsh, printed by the program itself.

        _@PROGRAM@() {
            local line name
            local -a before lines entries
            before=("${(@Q)words[2,CURRENT-1]}")
            lines=("${(@f)$(printf '%s\0' "${before[@]}" "$PREFIX" | command @PROGRAM@ @ASKING@ 2>/dev/null)}")
            [[ -n ${lines[1]} ]] && compset -P "${lines[1]}"
            for line in "${(@)lines[2,-1]}"; do
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
        }

        if [[ ${funcstack[1]} == _@PROGRAM@ ]]; then
            _@PROGRAM@ "$@"
        else
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i -D; }
            compdef _@PROGRAM@ @PROGRAM@
        fi

        """#
}
