/// Temporary.
public struct TOMLDocument: Sendable {
    public private(set) var bytes: [UInt8]
    var tree: Tree
    public init(parsing bytes: [UInt8]) throws(TOMLError) { self.bytes = bytes; tree = try Parser.parse(bytes) }
    public var root: TOMLTable { tree.contents(of: 0) }
    func node(_ path: [String]) -> Int? {
        var table = 0; var found: Int?
        for (i, key) in path.enumerated() {
            guard let n = tree.node(key, in: table) else { return nil }
            found = n
            if i < path.count - 1 { guard case .table(let t) = tree.nodes[n].content else { return nil }; table = Int(t) }
        }
        return found
    }
    public subscript(path path: [String]) -> TOMLValue? { node(path).map { tree.value(of: tree.nodes[$0].content) } }
    public func position(of path: [String]) -> (line: Int, column: Int)? { node(path).map { Place.lineAndColumn(of: Int(tree.nodes[$0].start), in: bytes) } }
    func render(_ v: TOMLValue) -> String {
        switch v {
        case .string(let s): "\"" + s.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .integer(let i): String(i)
        case .boolean(let b): b ? "true" : "false"
        case .array(let a): "[" + a.map(render).joined(separator: ", ") + "]"
        default: "0"
        }
    }
    func lineEnd(_ o: Int) -> Int { var o = o; while o < bytes.count, bytes[o] != 10 { o += 1 }; return min(o + 1, bytes.count) }
    public mutating func set(_ path: [String], to value: TOMLValue) throws(TOMLError) {
        if let n = node(path) {
            if case .table = tree.nodes[n].content { throw TOMLError(line: 1, column: 1, kind: .tableInTheWay(path.joined(separator: "."))) }
            bytes.replaceSubrange(Int(tree.nodes[n].value)..<Int(tree.nodes[n].end), with: Array(render(value).utf8))
        } else {
            var at = bytes.count
            var text = "[" + path.dropLast().joined(separator: ".") + "]\n" + path.last! + " = " + render(value) + "\n"
            if !bytes.isEmpty { text = "\n" + text }
            for i in 1..<path.count { if let n = node(Array(path.prefix(i))), self[path: Array(path.prefix(i))]!.typeName != "table" { _ = n; throw TOMLError(line: 1, column: 1, kind: .notATable(path[0], firstLine: 1)) } }
            if path.count == 1 {
                text = path[0] + " = " + render(value) + "\n"
                at = tree.firstHeader ?? bytes.count
            } else {
                for count in stride(from: path.count - 1, to: 0, by: -1) {
                    if let n = node(Array(path.prefix(count))), case .table(let t) = tree.nodes[n].content, tree.tables[Int(t)].origin == .header {
                        let last = Int(tree.tables[Int(t)].last)
                        at = lineEnd(Int(tree.nodes[last].end))
                        text = path.dropFirst(count).joined(separator: ".") + " = " + render(value) + "\n"
                        if at > 0, bytes[at - 1] != 10 { text = "\n" + text }
                        break
                    }
                }
            }
            bytes.insert(contentsOf: Array(text.utf8), at: at)
        }
        tree = try Parser.parse(bytes)
    }
    public mutating func remove(_ path: [String]) throws(TOMLError) -> Bool {
        guard let n = node(path) else { return false }
        if case .table(let t) = tree.nodes[n].content {
            guard tree.tables[Int(t)].entries.keys.isEmpty else { return false }
        }
        var start = Int(tree.nodes[n].start); while start > 0, bytes[start - 1] != 10 { start -= 1 }
        bytes.removeSubrange(start..<lineEnd(Int(tree.nodes[n].end)))
        tree = try Parser.parse(bytes)
        return true
    }
}
