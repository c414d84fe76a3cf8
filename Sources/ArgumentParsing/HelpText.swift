extension CommandDescription {
    /// The usage line without `Usage: `, such as `tedge config get [OPTIONS] <KEY>`.
    var usage: String {
        let required = options.filter(\.isRequired).map(\.displayName)
        let positional = arguments.map(\.displayName)
        let rest = isGroup ? ["<COMMAND>"] : required + positional
        return (path + ["[OPTIONS]"] + rest).joined(separator: " ")
    }

    /// The help with lines of at most 100 columns.
    var help: String { help(width: TextLayout.width) }

    /// The help, without a line feed at the end; no line has more than `width` columns if its words allow that.
    ///
    /// Empty sections and hidden commands are left out. A line of the discussion that is too long goes on
    /// below the text behind its first gap of two or more spaces, or else at its indentation.
    func help(width: Int) -> String {
        let commands = subcommands.filter { !$0.isHidden }.map { TextLayout.Row(label: $0.name, text: $0.abstract) }
        let sections = [
            TextLayout.wrap(abstract, width: width),
            TextLayout.wrap(Messages.usage(usage), width: width),
            section(Messages.commandsHeading, commands, width),
            section(Messages.argumentsHeading, arguments.rows, width),
            section(Messages.optionsHeading, options.rows, width),
            section(Messages.globalOptionsHeading, globalOptions.rows, width),
            TextLayout.wrap(discussion, width: width),
        ]
        return sections.map { $0.joined(separator: "\n") }.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func section(_ heading: String, _ rows: [TextLayout.Row], _ width: Int) -> [String] {
        rows.isEmpty ? [] : [heading] + TextLayout.columns(rows, width: width)
    }
}

extension [ArgumentDescription] {
    /// The rows of a section: what is typed, and what it is for.
    fileprivate var rows: [TextLayout.Row] {
        map { TextLayout.Row(label: $0.label, text: $0.help, note: $0.note) }
    }
}

extension ArgumentDescription {
    /// The names as in `-a, --all` and `    --profile <NAME>`, where long names line up.
    fileprivate var label: String {
        guard kind != .positional else { return displayName }
        let indentation = shortNames.isEmpty ? "    " : ""
        return indentation + names.joined(separator: ", ") + (kind == .option ? " <\(valueName)>" : "")
    }

    /// The default and the possible values.
    fileprivate var note: String {
        let value = defaultText.map(Messages.defaultValue) ?? ""
        let values = allowedValues.isEmpty ? "" : Messages.allowedValues(allowedValues)
        return [value, values].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
