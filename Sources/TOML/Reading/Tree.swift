/// The contents of a document, with their offsets.
///
/// Nodes and tables are in arrays and refer to each other by index, so that neither building nor freeing a tree recurses.
struct Tree: Sendable {
    /// The content of a key.
    enum Content: Sendable {
        /// Anything but a table or an array of tables; inline tables inside a static array are part of its value.
        case value(TOMLValue)
        /// An index into `tables`.
        case table(Int32)
        /// The indices of the tables that `[[headers]]` opened.
        case tables(Int32)
    }

    /// A key and its content. Offsets count bytes.
    struct Node: Sendable {
        var content: Content
        /// The offset at which the key is first named.
        var key: Int32
        /// The beginning of the `key = value` or the header.
        var start: Int32
        /// The beginning of the value; `end` for a header.
        var value: Int32
        /// The end of the value or the header.
        var end: Int32
        /// The line, counted from 1, of the key.
        var line: Int32
    }

    /// How a table was defined, which decides what may still be added to it.
    enum Origin: Sendable {
        /// The document itself.
        case root
        /// A `[header]` or `[[header]]` of its own.
        case header
        /// Only the headers of tables inside it.
        case implicit
        /// The dotted keys of another table.
        case dotted
        /// Braces.
        case inline
    }

    /// The keys of a table.
    struct Table: Sendable {
        var origin: Origin
        var entries = KeyedList<Int32>()
        /// The node of the last line of the table's body: its last `key = value`, else its header; 0, the node of the root, if
        /// there is neither.
        var last: Int32 = 0
    }

    var nodes = [Node(content: .table(0), key: 0, start: 0, value: 0, end: 0, line: 1)]
    var tables = [Table(origin: .root)]
    /// The tables of each array of tables.
    var arrays: [[Int32]] = []
    /// Whether a reader of TOML 1.0 would not take the document, because it has what is new in TOML 1.1.
    var isNewer = false
    /// The beginning of the first header, or nil if there is none.
    var firstHeader: Int?

    /// The node at a key of a table, or nil.
    func node(_ key: String, in table: Int) -> Int? {
        let entries = tables[table].entries
        return entries.position(of: key).map { Int(entries.elements[$0]) }
    }

    /// Adds a node with a key that the table does not have yet, and returns its index.
    mutating func add(_ node: Node, as key: String, to table: Int) -> Int {
        nodes.append(node)
        tables[table].entries.append(Int32(nodes.count - 1), for: key)
        return nodes.count - 1
    }

    /// Adds an empty table without a key, and returns its index.
    mutating func addTable(_ origin: Origin, last: Int = 0) -> Int {
        tables.append(Table(origin: origin, last: Int32(last)))
        return tables.count - 1
    }

    /// The value of a key's content. The recursion is as deep as the document, whose depth is limited.
    func value(of content: Content) -> TOMLValue {
        switch content {
        case .value(let value): value
        case .table(let table): .table(contents(of: Int(table)))
        case .tables(let array): .array(arrays[Int(array)].map { .table(contents(of: Int($0))) })
        }
    }

    /// The keys and values of a table.
    func contents(of table: Int) -> TOMLTable {
        var contents = TOMLTable()
        let entries = tables[table].entries
        for (key, node) in zip(entries.keys, entries.elements) {
            contents[key] = value(of: nodes[Int(node)].content)
        }
        return contents
    }
}
