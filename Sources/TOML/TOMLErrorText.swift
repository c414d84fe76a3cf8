extension TOMLError: CustomStringConvertible {
    /// The position and the message, for example `line 3, column 5: expected '=' after the key, found the end of the line`.
    public var description: String { "line \(line), column \(column): \(message)" }

    /// The message without the position: one line without a full stop.
    public var message: String {
        switch kind {
        case .invalidUTF8: "the file is not valid UTF-8 from here on"
        case .documentTooLarge: "the file is larger than 2 GiB"
        case .controlCharacter(0x0D): "a carriage return must be followed by a line feed; in a string write \\r"
        case .controlCharacter(let byte):
            "the control character U+\(Spelling.hexadecimal(UInt32(byte))) is not allowed; in a string write "
                + "\\u\(Spelling.hexadecimal(UInt32(byte)))"
        case .unexpected(let found, let wanted): "expected \(wanted.text), found \(name(of: found))"
        case .unterminatedString: "the string is not closed"
        case .invalidEscape: "no such escape; write \\\\ for a backslash, or use a string in single quotes"
        case .invalidUnicodeEscape:
            "\\x needs two, \\u four and \\U eight hexadecimal digits of a Unicode character that is not a surrogate"
        case .multilineKey: "a multi-line string cannot be a key"
        case .leadingZero: "a number cannot begin with a needless zero; write a text in quotes"
        case .integerTooLarge: "the integer does not fit in 64 bits"
        case .signedPrefix: "a hexadecimal, octal or binary integer has no sign"
        case .dateTimeOutOfRange(let part): "there is no such \(part.rawValue)"
        case .tooDeep(let limit): "tables and arrays are nested deeper than \(limit) levels"
        case .duplicateKey(let key, let line): "the key '\(key)' is already defined on line \(line)"
        case .duplicateTable(let key, let line): "the table '\(key)' is already defined on line \(line)"
        case .notATable(let key, let line): "'\(key)' is not a table: it has a value on line \(line)"
        case .closedInlineTable(let key, let line):
            "the inline table '\(key)' on line \(line) is complete; add the key between its braces"
        case .closedArray(let key, let line):
            "the array '\(key)' on line \(line) is complete; add the entry between its brackets"
        case .arrayOfTables(let key, let line): "'\(key)' is an array of tables since line \(line)"
        case .emptyPath: "no key is given"
        case .tableInTheWay(let key): "'\(key)' is a table; name a key in it"
        }
    }
}

extension TOMLError.Wanted {
    fileprivate var text: String {
        switch self {
        case .key: "a key"
        case .equals: "'=' after the key"
        case .value: "a value (write a text in quotes)"
        case .lineEnd: "the end of the line"
        case .headerEnd: "']' at the end of the table's name"
        case .commaOrBracket: "',' or ']' in the array"
        case .commaOrBrace: "',' or '}' in the inline table"
        case .digit: "a digit"
        case .dateTimeSeparator(let separator): "'\(separator)' in the date or time"
        }
    }
}

private func name(of scalar: Unicode.Scalar?) -> String {
    switch scalar {
    case nil: "the end of the file"
    case "\n", "\r": "the end of the line"
    case " ": "a space"
    case "\t": "a tab"
    case "'": "\"'\""
    case let scalar? where isVisible(scalar): "'\(scalar)'"
    case let scalar?: "U+\(Spelling.hexadecimal(scalar.value))"
    }
}

/// Whether a character is visible alone and in quotes, and does not control a terminal.
private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
        .nonspacingMark, .enclosingMark:
        false
    default: true
    }
}
