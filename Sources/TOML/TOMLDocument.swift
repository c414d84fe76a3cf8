/// A TOML 1.1 document that keeps its bytes: an edit changes only the lines of one key. What an edit adds is TOML 1.0 as well, so
/// that programs with an older reader can still read a document that they could read before.
///
/// Reading and each edit take time linear in the size of the document.
public struct TOMLDocument: Sendable {
    /// The document as it is written, with comments, blanks and line ends.
    public private(set) var bytes: [UInt8]
    private(set) var tree: Tree

    /// Reads a document. Throws the position at which it is not valid TOML 1.1.
    public init(parsing bytes: [UInt8]) throws(TOMLError) {
        tree = try Parser.parse(bytes)
        self.bytes = bytes
    }

    /// The whole contents.
    public var root: TOMLTable { tree.contents(of: 0) }

    /// The value, which may be a table, at a path of keys; nil if there is none. Paths do not go through arrays.
    public subscript(path path: [String]) -> TOMLValue? {
        tree.node(at: path).map { tree.value(of: tree.nodes[$0].content) }
    }

    /// The keys of the table at a path, in constant time; nil if there is no table. No path is that of the document itself.
    public func keys(of path: [String]) -> [String]? {
        if path.isEmpty { return tree.tables[0].entries.keys }
        guard let node = tree.node(at: path), case .table(let table) = tree.nodes[node].content else { return nil }
        return tree.tables[Int(table)].entries.keys
    }

    /// The position at which the line of a key or the header of a table begins, counted from 1, columns in Unicode scalars;
    /// nil if there is no such key.
    public func position(of path: [String]) -> (line: Int, column: Int)? {
        tree.node(at: path).map { LineIndex.lineAndColumn(of: Int(tree.nodes[$0].start), in: bytes) }
    }

    /// The line of `position(of:)`, in constant time.
    public func line(of path: [String]) -> Int? {
        tree.node(at: path).map { Int(tree.nodes[$0].line) }
    }

    /// Sets a key to a value. A new key is added at the end of its table, or of a new table at the end of the document.
    ///
    /// Throws if there is a table with keys of its own or an array of tables at the path, or a value on the way to it; nothing
    /// has changed then.
    public mutating func set(_ path: [String], to value: TOMLValue) throws(TOMLError) {
        try apply(Editor(bytes: bytes, tree: tree).setting(path, to: value))
    }

    /// Removes a key with its lines, or the header of an empty table. Returns false if there was none.
    ///
    /// Throws if there is a table with keys of its own or an array of tables at the path; nothing has changed then.
    @discardableResult
    public mutating func remove(_ path: [String]) throws(TOMLError) -> Bool {
        guard let splice = try Editor(bytes: bytes, tree: tree).removing(path) else { return false }
        try apply(splice)
        return true
    }

    /// Removes bytes. The ranges are in order and do not overlap.
    mutating func apply(_ cuts: [Range<Int>]) throws(TOMLError) {
        var changed: [UInt8] = []
        var next = 0
        for cut in cuts {
            changed += bytes[next..<cut.lowerBound]
            next = cut.upperBound
        }
        changed += bytes[next...]
        tree = try Parser.parse(changed)
        bytes = changed
    }

    mutating func apply(_ splice: Splice?) throws(TOMLError) {
        guard let splice else { return }
        var changed = bytes
        changed.replaceSubrange(splice.range, with: splice.text.utf8)
        tree = try Parser.parse(changed)
        bytes = changed
    }
}
