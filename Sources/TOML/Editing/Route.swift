/// How far a path of keys leads into a tree.
struct Route {
    /// The deepest table on the way.
    var table = 0
    /// How many keys lead to it.
    var known = 0
    /// How many keys lead to the last table on the way that has a body of lines: the root or one with a header.
    var section = 0
    /// The last inline table on the way: its node, and how many keys lead to it.
    var inline: (node: Int, known: Int)?
    /// The node at the end of the path; nil if there is none.
    var node: Int?
}

extension Tree {
    /// The node at a path of keys, or nil.
    func node(at path: [String]) -> Int? {
        var (table, found): (Int, Int?) = (0, nil)
        for (index, key) in path.enumerated() {
            guard let node = node(key, in: table) else { return nil }
            found = node
            if index == path.count - 1 { break }
            guard case .table(let next) = nodes[node].content else { return nil }
            table = Int(next)
        }
        return found
    }
}

extension Editor {
    /// Follows a path. Throws if there is a value or an array of tables on the way.
    func route(to path: [String]) throws(TOMLError) -> Route {
        guard let last = path.indices.last else { throw TOMLError(line: 1, column: 1, kind: .emptyPath) }
        var route = Route()
        for index in path.indices {
            guard let node = tree.node(path[index], in: route.table) else { return route }
            if index == last {
                route.node = node
                return route
            }
            guard case .table(let table) = tree.nodes[node].content else { throw obstacle(node, path[...index]) }
            route.table = Int(table)
            route.known = index + 1
            switch tree.tables[Int(table)].origin {
            case .root, .header: route.section = route.known
            case .inline: route.inline = (node, route.known)
            case .implicit, .dotted: break
            }
        }
        return route
    }

    /// The error for an edit that a node does not allow.
    func obstacle(_ node: Int, _ path: ArraySlice<String>) -> TOMLError {
        let (line, column) = LineIndex.lineAndColumn(of: Int(tree.nodes[node].key), in: bytes)
        let name = Spelling.dottedKey(path)
        let kind: TOMLError.Kind =
            switch tree.nodes[node].content {
            case .value: .notATable(name, firstLine: line)
            case .table: .tableInTheWay(name)
            case .tables: .arrayOfTables(name, firstLine: line)
            }
        return TOMLError(line: line, column: column, kind: kind)
    }
}
