/// Ends the program with a report where something does not hold that must hold for every input.
public func require(_ condition: Bool, _ property: @autoclosure () -> String) {
    guard !condition else { return }
    fatalError("broken property: \(property())")
}

/// The value; ends the program with a report where there is an error instead.
public func require<Value>(_ property: String, _ body: () throws -> Value) -> Value {
    do {
        return try body()
    } catch {
        fatalError("broken property: \(property): \(error)")
    }
}

/// Ends the program with a report where a text holds what a terminal obeys; line feeds are not of that kind.
public func requirePrintable(_ text: String) {
    for scalar in text.unicodeScalars where scalar != "\n" {
        require(scalar.properties.generalCategory != .control, "\(text.debugDescription) holds a control character")
    }
}
