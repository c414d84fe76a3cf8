/// Why a document could not be read or edited, and where.
public struct TOMLError: Error, Sendable, Equatable {
    /// The line, counted from 1.
    public let line: Int
    /// The column, counted from 1 in Unicode scalars; a byte order mark does not count.
    public let column: Int
    /// What is wrong.
    public let kind: Kind

    /// The kinds of errors. Keys are given as in a dotted key.
    public enum Kind: Sendable, Equatable {
        /// The bytes are not UTF-8.
        case invalidUTF8
        /// The document is larger than 2 GiB.
        case documentTooLarge
        /// A control character that TOML forbids, or a carriage return without a line feed.
        case controlCharacter(UInt8)
        /// There is something else than `wanted`; nil is the end of the file.
        case unexpected(Unicode.Scalar?, wanted: Wanted)
        /// A string is not closed on its line, or a multi-line string not in the file.
        case unterminatedString
        /// A backslash is not followed by a valid escape.
        case invalidEscape
        /// A `\x`, `\u` or `\U` escape is not followed by the 2, 4 or 8 hexadecimal digits of a Unicode scalar.
        case invalidUnicodeEscape
        /// A multi-line string is used as a key.
        case multilineKey
        /// A decimal number begins with a needless zero.
        case leadingZero
        /// An integer does not fit in 64 bits.
        case integerTooLarge
        /// A sign stands before a hexadecimal, octal or binary integer.
        case signedPrefix
        /// A part of a date or time is out of range.
        case dateTimeOutOfRange(DateTimePart)
        /// Tables, arrays and dotted keys are nested deeper than `limit`.
        case tooDeep(limit: Int)
        /// A key is given a second time.
        case duplicateKey(String, firstLine: Int)
        /// A table is defined a second time.
        case duplicateTable(String, firstLine: Int)
        /// A key goes through, or a header names, something that is a value and not a table.
        case notATable(String, firstLine: Int)
        /// A header or key adds to an inline table, which is complete when its brace closes.
        case closedInlineTable(String, firstLine: Int)
        /// A `[[header]]` adds to an array that is written as a value.
        case closedArray(String, firstLine: Int)
        /// A header or dotted key treats an array of tables as one table.
        case arrayOfTables(String, firstLine: Int)
        /// An edit has an empty path.
        case emptyPath
        /// An edit would replace a table that has a header or dotted keys of its own by a value.
        case tableInTheWay(String)
    }

    /// What the grammar wants at a position.
    public enum Wanted: Sendable, Equatable {
        /// A key.
        case key
        /// `=` after a key.
        case equals
        /// A value.
        case value
        /// The end of the line.
        case lineEnd
        /// `]` or `]]` at the end of a header.
        case headerEnd
        /// A comma or `]` in an array.
        case commaOrBracket
        /// A comma or `}` in an inline table.
        case commaOrBrace
        /// A digit.
        case digit
        /// The separator of a date, time or offset.
        case dateTimeSeparator(Unicode.Scalar)
    }

    /// The part of a date or time that is out of range.
    public enum DateTimePart: String, Sendable, Equatable {
        case month, day, hour, minute, second, offset
    }
}
