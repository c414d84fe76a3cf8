/// What a document holds and where it is written.
///
/// Nodes and tables lie in arrays and name each other by index, so that neither building nor freeing a tree recurses.
struct Tree: Sendable {
    /// What stands at a key.
    enum Content: Sendable {
        /// Anything but a table or an array of tables; inline tables inside a static array are part of its value.
        case value(TOMLValue)
        /// An index into `tables`.
        case table(Int32)
        /// The indices of the tables that `[[headers]]` opened.
        case tables(Int32)
    }

    /// A key and what stands at it. Offsets count bytes.
    struct Node: Sendable {
        var content: Content
        /// Where the key is first named.
        var key: Int32
        /// Where the `key = value` or the header begins.
        var start: Int32
        /// Where the value begins; `end` for a header.
        var value: Int32
        /// Where the value or the header ends.
        var end: Int32
        /// The line, counted from 1, of the key.
        var line: Int32
    }

    /// How a table came to be; it decides who may still add to it.
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
        /// The node whose line is the last of the table's own body: its last `key = value`, else its header; 0, the
        /// root's own node, where there is neither.
        var last: Int32 = 0
    }

    var nodes = [Node(content: .table(0), key: 0, start: 0, value: 0, end: 0, line: 1)]
    var tables = [Table(origin: .root)]
    /// The tables of each array of tables.
    var arrays: [[Int32]] = []
    /// Where the first header begins, or nil if there is none.
    var firstHeader: Int?

    /// The node at a key of a table, or nil.
    func node(_ key: String, in table: Int) -> Int? {
        let entries = tables[table].entries
        return entries.position(of: key).map { Int(entries.elements[$0]) }
    }

    /// Adds a node under a key that the table does not hold yet, and returns its index.
    mutating func add(_ node: Node, as key: String, to table: Int) -> Int {
        nodes.append(node)
        tables[table].entries.append(Int32(nodes.count - 1), for: key)
        return nodes.count - 1
    }

    /// Adds an empty table that no key names yet, and returns its index.
    mutating func addTable(_ origin: Origin, last: Int = 0) -> Int {
        tables.append(Table(origin: origin, last: Int32(last)))
        return tables.count - 1
    }

    /// The value of what stands at a key. The depth of the recursion is that of the document, which is bounded.
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
