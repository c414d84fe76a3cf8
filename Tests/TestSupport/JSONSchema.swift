import Foundation

/// A JSON Schema of draft 2020-12, with the keywords that the schema of this program uses.
public struct JSONSchema: @unchecked Sendable {
    // Never changed after `init`.
    private let root: [String: Any]

    /// What tedge prints with `--json`.
    public static let ofProgram = Result {
        try JSONSchema(contentsOf: packageDirectory + "/Sources/Packaging/schema/tedge.schema.json")
    }

    /// Reads a file. Throws if it has a keyword that is not known here, which would be ignored otherwise.
    public init(contentsOf path: String) throws { try self.init(contents(of: path)) }

    /// Reads a text.
    public init(_ text: String) throws {
        guard let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw TestFailure("the schema is not an object")
        }
        self.root = root
        try Self.checkKeywords(of: root, at: "#")
    }

    /// The member of `$defs` with this name.
    public func definition(_ name: String) -> [String: Any]? {
        (root["$defs"] as? [String: Any])?[name] as? [String: Any]
    }

    /// The commands for which `if` selects a definition.
    public var commands: [String] {
        (root["allOf"] as? [[String: Any]] ?? []).compactMap { branch in
            let properties = (branch["if"] as? [String: Any])?["properties"] as? [String: Any]
            return (properties?["command"] as? [String: Any])?["const"] as? String
        }
    }

    /// What is wrong with a text; empty if it is one object that the schema allows. A member that the schema does not name is
    /// wrong too, although a reader should ignore it.
    public func problems(in text: String) -> [String] {
        guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else {
            return ["it is not one JSON value: '\(text)'"]
        }
        return check(value, root, "")
    }

    // MARK: Values

    /// Checks a value at a place, and that all its members are named.
    private func check(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        var named: Set<String> = []
        var problems = apply(schema, to: value, place, &named)
        if let object = value as? [String: Any], !named.isEmpty {
            problems += object.keys.filter { !named.contains($0) }.sorted().map {
                "\(place)/\($0) is not in the schema"
            }
        }
        return problems
    }

    /// Applies all keywords of a schema to a value.
    ///
    /// - Parameter named: Gets the members that the schema names.
    private func apply(
        _ schema: [String: Any], to value: Any, _ place: String, _ named: inout Set<String>
    ) -> [String] {
        var problems = own(schema, value, place)
        if let name = schema["$ref"] as? String { problems += apply(target(name), to: value, place, &named) }
        for part in schema["allOf"] as? [[String: Any]] ?? [] { problems += apply(part, to: value, place, &named) }
        if let parts = schema["anyOf"] as? [[String: Any]] {
            let outcomes = parts.map { part in
                var found: Set<String> = []
                return (apply(part, to: value, place, &found), found)
            }
            if let valid = outcomes.first(where: { $0.0.isEmpty }) {
                named.formUnion(valid.1)
            } else {
                problems.append("\(place) is none of: \(outcomes.map { $0.0.joined(separator: ", ") })")
            }
        }
        if let condition = schema["if"] as? [String: Any] {
            var ignored: Set<String> = []
            let holds = apply(condition, to: value, place, &ignored).isEmpty
            if let part = schema[holds ? "then" : "else"] as? [String: Any] {
                problems += apply(part, to: value, place, &named)
            }
        }
        guard let object = value as? [String: Any] else { return problems }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for (key, member) in object {
            if let part = properties[key] {
                named.insert(key)
                problems += check(member, part, "\(place)/\(key)")
            } else if let part = schema["additionalProperties"] as? [String: Any] {
                named.insert(key)
                problems += check(member, part, "\(place)/\(key)")
            }
        }
        return problems
    }

    /// The keywords that look at the value alone.
    private func own(_ schema: [String: Any], _ value: Any, _ place: String) -> [String] {
        var problems: [String] = []
        if let type = schema["type"] {
            let types = type as? [String] ?? [type as? String ?? ""]
            if !types.contains(where: { Self.isOf($0, value) }) {
                problems.append("\(place) is \(value), not of type \(types.joined(separator: " or "))")
            }
        }
        if let allowed = schema["enum"] as? [Any], !allowed.contains(where: { Self.isEqual($0, value) }) {
            problems.append("\(place) is \(value), which is not listed")
        }
        if let only = schema["const"], !Self.isEqual(only, value) {
            problems.append("\(place) is \(value), not \(only)")
        }
        if let least = schema["minimum"] as? NSNumber, let number = value as? NSNumber,
            number.compare(least) == .orderedAscending
        {
            problems.append("\(place) is less than \(least)")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            problems.append("\(place) is '\(text)', which is not of the form \(pattern)")
        }
        if let object = value as? [String: Any] {
            for key in schema["required"] as? [String] ?? [] where object[key] == nil {
                problems.append("\(place)/\(key) is missing")
            }
        }
        if let part = schema["items"] as? [String: Any], let items = value as? [Any] {
            for (index, item) in items.enumerated() { problems += check(item, part, "\(place)/\(index)") }
        }
        return problems
    }

    private func target(_ reference: String) -> [String: Any] {
        definition(String(reference.dropFirst("#/$defs/".count))) ?? [:]
    }

    private static func isBoolean(_ value: Any) -> Bool {
        guard let number = value as? NSNumber else { return false }
        return String(cString: number.objCType) == "c"
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": isBoolean(value)
        case "integer":
            !isBoolean(value) && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "null": value is NSNull
        default: false
        }
    }

    private static func isEqual(_ one: Any, _ other: Any) -> Bool {
        isBoolean(one) == isBoolean(other) && (one as? NSObject)?.isEqual(other) == true
    }

    // MARK: Keywords

    private static let schemas = ["items", "additionalProperties", "if", "then", "else"]
    private static let lists = ["allOf", "anyOf"]
    private static let tables = ["properties", "$defs"]
    private static let plain = [
        "$schema", "$id", "$ref", "title", "description", "type", "enum", "const", "required", "minimum", "pattern",
    ]

    private static func checkKeywords(of schema: [String: Any], at place: String) throws {
        for (keyword, value) in schema {
            switch keyword {
            case _ where plain.contains(keyword): break
            case _ where schemas.contains(keyword):
                try checkKeywords(of: try object(value, place, keyword), at: "\(place)/\(keyword)")
            case _ where lists.contains(keyword):
                for part in value as? [Any] ?? [] {
                    try checkKeywords(of: try object(part, place, keyword), at: "\(place)/\(keyword)")
                }
            case _ where tables.contains(keyword):
                for (name, part) in try object(value, place, keyword) {
                    try checkKeywords(of: try object(part, place, name), at: "\(place)/\(keyword)/\(name)")
                }
            default: throw TestFailure("\(place) has the keyword '\(keyword)', which is not known")
            }
        }
    }

    private static func object(_ value: Any, _ place: String, _ keyword: String) throws -> [String: Any] {
        guard let object = value as? [String: Any] else { throw TestFailure("\(place)/\(keyword) is not an object") }
        return object
    }
}
