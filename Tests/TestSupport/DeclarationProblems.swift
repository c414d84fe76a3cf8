@testable import ArgumentParsing

extension CommandDescription {
    /// What is wrong with the declarations themselves, at this command and below; empty if they are right.
    fileprivate var declarationProblems: [String] {
        let place = path.joined(separator: " ")
        let own = nameProblems + orderProblems + conflictProblems + subcommandProblems
        return own.map { "\(place): \($0)" } + subcommands.flatMap(\.declarationProblems)
    }

    private var nameProblems: [String] {
        var problems: [String] = []
        var seen: Set<String> = []
        for option in options + globalOptions {
            if option.names.isEmpty { problems.append("an option has no name") }
            for name in option.names {
                if !seen.insert(name).inserted { problems.append("\(name) is declared twice") }
                let letters = name.drop { $0 == "-" }
                if letters.isEmpty || !letters.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) {
                    problems.append("\(name) cannot be typed")
                }
            }
        }
        return problems
    }

    private var orderProblems: [String] {
        var problems: [String] = []
        for (earlier, later) in zip(arguments, arguments.dropFirst()) {
            if earlier.isRepeating { problems.append("\(earlier.displayName) leaves nothing for \(later.displayName)") }
            if !earlier.isRequired, later.isRequired {
                problems.append("\(later.displayName) is required after \(earlier.displayName)")
            }
        }
        return problems
    }

    private var conflictProblems: [String] {
        let known = Set(options.flatMap(\.names))
        return (arguments + options).flatMap(\.conflicts).filter { !known.contains($0) }.map {
            "a conflict names \($0), which is no option of the command"
        }
    }

    private var subcommandProblems: [String] {
        var seen: Set<String> = []
        return subcommands.map(\.name).compactMap { name in
            if name.isEmpty || name.hasPrefix("-") { return "the subcommand '\(name)' cannot be typed" }
            return seen.insert(name).inserted ? nil : "the subcommand \(name) is declared twice"
        }
    }
}

extension CommandParser {
    /// What is wrong with the declarations of the program; empty if all is well.
    public var declarationProblems: [String] {
        forgotten(in: Globals(), of: "global options") + forgotten(in: root) + description.declarationProblems
    }

    private func forgotten(in command: any ParsableCommand.Type) -> [String] {
        let configuration = command.configuration
        return forgotten(in: command.init(), of: configuration.name)
            + configuration.subcommands.flatMap { forgotten(in: $0) }
    }

    /// The properties that are not in the list of the arguments.
    private func forgotten(in value: any ParsableArguments, of place: String) -> [String] {
        let listed = Set(value.arguments.map { ObjectIdentifier($0.property) })
        return Mirror(reflecting: value).children.compactMap { child in
            let own: [BoundArgument]
            if let wrapper = child.value as? any ArgumentWrapper {
                own = [wrapper.projectedValue]
            } else if let bag = child.value as? any ParsableArguments {
                own = bag.arguments
            } else {
                return nil
            }
            let isListed = own.allSatisfy { listed.contains(ObjectIdentifier($0.property)) }
            return isListed ? nil : "\(place): the property '\(child.label ?? "")' is not in 'arguments'"
        }
    }
}

private protocol ArgumentWrapper {
    var projectedValue: BoundArgument { get }
}

extension Argument: ArgumentWrapper {}
extension Option: ArgumentWrapper {}
extension Flag: ArgumentWrapper {}
