enum Spelling { static func dottedKey(_ p: [String]) -> String { p.joined(separator: ".") } ; static func key(_ p: String) -> String { p } }
