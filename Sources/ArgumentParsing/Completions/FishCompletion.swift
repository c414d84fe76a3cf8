extension CompletionShell {
    /// Completion in fish 3 or newer.
    static let fishScript = #"""
        # Completion of @PROGRAM@ in fish, printed by the program itself.

        function __@PROGRAM@_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l lines (printf '%s\0' $words[2..-1] "$current" | command @PROGRAM@ @ASKING@ 2>/dev/null)
            set -q lines[2]; or return
            set -l prefix $lines[1]
            set -l path (string sub -s (math 1 + (string length -- "$prefix")) -- "$current")
            for line in $lines[2..-1]
                switch $line
                    case \tfile
                        printf '%s\n' $prefix(complete -C "'' $path")
                    case \tdirectory
                        printf '%s\n' $prefix(complete -C "'' $path" | string match -r '.*/$')
                    case '*'
                        printf '%s\n' $prefix$line
                end
            end
        end

        complete -c @PROGRAM@ -e
        complete -c @PROGRAM@ -f -k -a '(__@PROGRAM@_complete)'

        """#
}
