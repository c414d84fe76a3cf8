// The rules for definitions: the sections "Keys", "Table", "Inline Table" and "Array of Tables" of TOML 1.1.0. Each function
// uses `path`, the key that was just read.
extension Parser {
    /// Opens the table of a `[header]` that begins at an offset, and returns it.
    mutating func openTable(from start: Int) throws(TOMLError) -> Int {
        let last = path.count - 1
        let parent = try tableAboveHeader()
        let header = headerNode(from: start)
        guard let node = tree.node(path[last].text, in: parent) else {
            return addTable(header, to: parent)
        }
        guard case .table(let table) = tree.nodes[node].content, tree.tables[Int(table)].origin == .implicit else {
            throw conflict(with: node, part: last)
        }
        tree.nodes[node] = header
        tree.nodes[node].content = .table(table)
        tree.tables[Int(table)].origin = .header
        tree.tables[Int(table)].last = Int32(node)
        return Int(table)
    }

    /// Adds a table to the array of a `[[header]]` that begins at an offset, and returns the table.
    mutating func openArrayTable(from start: Int) throws(TOMLError) -> Int {
        let last = path.count - 1
        let parent = try tableAboveHeader()
        guard let node = tree.node(path[last].text, in: parent) else {
            var header = headerNode(from: start)
            let table = tree.addTable(.header)
            header.content = .tables(Int32(tree.arrays.count))
            tree.arrays.append([Int32(table)])
            _ = tree.add(header, as: path[last].text, to: parent)
            return table
        }
        guard case .tables(let array) = tree.nodes[node].content else {
            let found = conflict(with: node, part: last)
            if case .value(.array) = tree.nodes[node].content, case .duplicateKey(let name, let line) = found.kind {
                throw error(.closedArray(name, firstLine: line), at: path[last].offset)
            }
            throw found
        }
        let table = tree.addTable(.header)
        tree.arrays[Int(array)].append(Int32(table))
        return table
    }

    /// Adds the key of a `key = value` that begins at an offset, with the tables of its dots, to a table.
    mutating func declareKey(in table: Int, from start: Int) throws(TOMLError) -> Int {
        let last = path.count - 1
        steps.removeAll(keepingCapacity: true)
        steps.append(table)
        for part in 0..<last {
            steps.append(try tableAtDot(part, in: steps[part]))
        }
        if let node = tree.node(path[last].text, in: steps[last]) {
            let line = LineIndex.lineAndColumn(of: Int(tree.nodes[node].key), in: bytes).line
            let name = Spelling.dottedKey(path.map(\.text))
            throw error(.duplicateKey(name, firstLine: line), at: path[last].offset)
        }
        let key = Int32(path[last].offset)
        let leaf = Tree.Node(
            content: .value(.boolean(false)), key: key, start: Int32(start), value: key, end: key, line: line)
        let node = tree.add(leaf, as: path[last].text, to: steps[last])
        for step in steps { tree.tables[step].last = Int32(node) }
        return node
    }

    /// The table that a part of a dotted key before its last dot names. Creates it if there is none.
    private mutating func tableAtDot(_ part: Int, in parent: Int) throws(TOMLError) -> Int {
        guard let node = tree.node(path[part].text, in: parent) else {
            return addTable(.dotted, at: part, to: parent)
        }
        if case .table(let table) = tree.nodes[node].content {
            switch tree.tables[Int(table)].origin {
            case .implicit, .dotted:
                tree.tables[Int(table)].origin = .dotted
                return Int(table)
            case .root, .header, .inline: break
            }
        }
        throw conflict(with: node, part: part)
    }

    /// The table above the one that the header names. Headers pass through tables of every kind except inline ones, and through
    /// the last table of an array of tables.
    private mutating func tableAboveHeader() throws(TOMLError) -> Int {
        var parent = 0
        for part in path.indices.dropLast() {
            guard let node = tree.node(path[part].text, in: parent) else {
                parent = addTable(.implicit, at: part, to: parent)
                continue
            }
            switch tree.nodes[node].content {
            case .table(let table) where tree.tables[Int(table)].origin != .inline:
                parent = Int(table)
            case .tables(let array):
                parent = Int(tree.arrays[Int(array)][tree.arrays[Int(array)].count - 1])
            case .table, .value:
                throw conflict(with: node, part: part)
            }
        }
        return parent
    }

    private mutating func addTable(_ origin: Tree.Origin, at part: Int, to parent: Int) -> Int {
        let (table, start) = (tree.addTable(origin), Int32(path[part].offset))
        let node = Tree.Node(
            content: .table(Int32(table)), key: start, start: start, value: start, end: start, line: line)
        _ = tree.add(node, as: path[part].text, to: parent)
        return table
    }

    private mutating func addTable(_ header: Tree.Node, to parent: Int) -> Int {
        var header = header
        let table = tree.addTable(.header)
        header.content = .table(Int32(table))
        tree.tables[table].last = Int32(tree.add(header, as: path[path.count - 1].text, to: parent))
        return table
    }

    private func headerNode(from start: Int) -> Tree.Node {
        Tree.Node(
            content: .value(.boolean(false)), key: Int32(path[path.count - 1].offset), start: Int32(start),
            value: Int32(offset), end: Int32(offset), line: line)
    }

    /// The error for a part of a key or header that names something it must not change.
    private func conflict(with node: Int, part: Int) -> TOMLError {
        let name = Spelling.dottedKey(path[...part].map(\.text))
        let line = LineIndex.lineAndColumn(of: Int(tree.nodes[node].key), in: bytes).line
        let kind: TOMLError.Kind =
            switch tree.nodes[node].content {
            case .table(let table) where tree.tables[Int(table)].origin == .inline:
                .closedInlineTable(name, firstLine: line)
            case .table: .duplicateTable(name, firstLine: line)
            case .tables: .arrayOfTables(name, firstLine: line)
            case .value where part == path.count - 1: .duplicateKey(name, firstLine: line)
            case .value: .notATable(name, firstLine: line)
            }
        return error(kind, at: path[part].offset)
    }
}
