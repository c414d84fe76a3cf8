/// Turns JSON into runs.
struct BootstrapDocumentReader {
    let source: String

    typealias Failure = BootstrapDocumentError

    private static let members = [
        "cloud", "profile", "type", "url", "register", "device_id", "set", "env", "re_register", "clean",
    ]
    /// How an object looks, for hints.
    private static let example = "[{\"cloud\": \"c8y\", \"url\": \"<tenant>.cumulocity.com\", \"device_id\": \"<id>\"}]"

    func runs(_ root: PlacedJSON) throws(Failure) -> [BootstrapRun] {
        guard case .array(let elements) = root.value else {
            throw failure(
                root.place, "an array of runs is expected, and here is \(root.typeName)",
                hint: "Put the object between brackets: \(Self.example).")
        }
        guard !elements.isEmpty else {
            throw failure(
                root.place, "the array holds no run", hint: "Write one object for each connection: \(Self.example).")
        }
        var runs: [BootstrapRun] = []
        for element in elements {
            let run = try run(element)
            if runs.contains(where: { $0.cloud == run.cloud && $0.profile == run.profile }) {
                throw failure(
                    element.place, "there is a run for \(run.name) already",
                    hint: "Give each further connection to this cloud a 'profile' of its own.")
            }
            runs.append(run)
        }
        return runs
    }

    private func failure(_ place: PlacedJSON.Place, _ reason: String, hint: String? = nil) -> Failure {
        Failure(source, place, reason, hint: hint)
    }

    private func run(_ object: PlacedJSON) throws(Failure) -> BootstrapRun {
        guard case .object(let members) = object.value else {
            throw failure(
                object.place, "a run is an object, and here is \(object.typeName)", hint: "Write \(Self.example).")
        }
        for member in members where !Self.members.contains(member.key) {
            throw failure(
                member.place, "a run has no member '\(member.key.beginning)'",
                hint: "Its members are \(Self.members.joined(separator: ", ")).")
        }
        guard let cloud = try member("cloud", of: members) else {
            throw failure(object.place, "the member 'cloud' is missing", hint: "It is c8y, az or aws.")
        }
        var run = try target(cloud)
        if let member = members.first(where: { $0.key == "profile" }) {
            let name = try profile(try string(member), at: member.value.place)
            guard run.profile == nil || run.profile == name else {
                throw failure(member.value.place, "'cloud' names another profile", hint: "Name the profile once.")
            }
            run.profile = name
        }
        for member in members { try read(member, into: &run) }
        return run
    }

    /// The cloud, and the profile of a word such as `c8y.test`.
    private func target(_ member: PlacedJSON.Member) throws(Failure) -> BootstrapRun {
        let text = try string(member)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let cloud = CloudName(rawValue: parts[0]) else {
            let meant = CloudName(called: parts[0]).map { "Did you mean '\($0.rawValue)'?" }
            throw failure(
                member.value.place, "'\(text.beginning)' is not a cloud",
                hint: meant ?? "The clouds are c8y, az and aws.")
        }
        guard parts.count == 2 else { return BootstrapRun(cloud) }
        return BootstrapRun(cloud, profile: try profile(parts[1], at: member.value.place))
    }

    private func profile(_ text: String, at place: PlacedJSON.Place) throws(Failure) -> ProfileName {
        do throws(ProfileName.Problem) {
            return try ProfileName(parsing: text)
        } catch {
            throw failure(place, "'\(text.beginning)' is not the name of a profile: \(error.text)")
        }
    }

    private func read(_ member: PlacedJSON.Member, into run: inout BootstrapRun) throws(Failure) {
        let place = member.value.place
        do throws(BootstrapRunProblem) {
            switch member.key {
            case "url": run.url = try BootstrapRun.checkedURL(try text(member), of: run.cloud)
            case "device_id":
                let id = try text(member)
                try BootstrapRun.checkDeviceID(id)
                run.deviceID = id
            case "register":
                let word = try text(member)
                guard let method = BootstrapRun.Method(rawValue: word) else {
                    throw BootstrapRunProblem(
                        "there is no registration '\(word.beginning)'",
                        hint: "\(run.cloud.productName) has "
                            + BootstrapRun.methods(of: run.cloud).map { "'\($0.rawValue)'" }.joined(separator: ", ")
                            + ".")
                }
                try run.check(method)
                run.method = method
            case "type":
                let word = try text(member)
                guard word == run.cloud.rawValue else {
                    throw BootstrapRunProblem(
                        "the type '\(word.beginning)' is not that of \(run.cloud.rawValue)",
                        hint: "This program connects to c8y, az and aws, each with its own mapper. Leave 'type' out.")
                }
            case "re_register": run.registersAgain = try flag(member)
            case "clean": run.isClean = try flag(member)
            default: break
            }
        } catch {
            throw failure(place, error.reason, hint: error.hint)
        }
        switch member.key {
        case "set": run.settings = try settings(member, of: run)
        case "env": run.variables = try variables(member, of: run)
        default: break
        }
    }

    // MARK: Members

    private func member(_ key: String, of members: [PlacedJSON.Member]) throws(Failure) -> PlacedJSON.Member? {
        members.first { $0.key == key }
    }

    private func string(_ member: PlacedJSON.Member) throws(Failure) -> String {
        do throws(BootstrapRunProblem) {
            return try text(member)
        } catch {
            throw failure(member.value.place, error.reason, hint: error.hint)
        }
    }

    private func text(_ member: PlacedJSON.Member) throws(BootstrapRunProblem) -> String {
        guard case .string(let text) = member.value.value else {
            throw BootstrapRunProblem(
                "'\(member.key)' is a text in double quotes, and here is \(member.value.typeName)")
        }
        return text
    }

    private func flag(_ member: PlacedJSON.Member) throws(BootstrapRunProblem) -> Bool {
        guard case .bool(let flag) = member.value.value else {
            throw BootstrapRunProblem("'\(member.key)' is true or false, and here is \(member.value.typeName)")
        }
        return flag
    }

    private func settings(
        _ member: PlacedJSON.Member, of run: BootstrapRun
    ) throws(Failure) -> [BootstrapRun.Setting] {
        guard case .object(let pairs) = member.value.value else {
            throw failure(
                member.value.place, "'set' is an object of settings, and here is \(member.value.typeName)",
                hint: "Write {\"device.type\": \"<type>\"}.")
        }
        var (settings, names): ([BootstrapRun.Setting], [SettingName: PlacedJSON.Place]) = ([], [:])
        for pair in pairs {
            guard case .string(let value) = pair.value.value else {
                throw failure(
                    pair.value.place,
                    "the value of '\(pair.key.beginning)' is a text, and here is \(pair.value.typeName)",
                    hint: "Put the value between double quotes.")
            }
            let setting = BootstrapRun.Setting(pair.key, value)
            do throws(BootstrapRunProblem) {
                try run.check(setting)
            } catch {
                throw failure(pair.place, error.reason, hint: error.hint)
            }
            if let name = try? run.settingName(pair.key) {
                if let first = names[name] {
                    throw failure(pair.place, "'\(name.text)' is set at \(first) already", hint: "Set it once.")
                }
                names[name] = pair.place
            }
            settings.append(setting)
        }
        return settings
    }

    private func variables(
        _ member: PlacedJSON.Member, of run: BootstrapRun
    ) throws(Failure) -> [BootstrapRun.Variable] {
        var found: [(PlacedJSON.Place, BootstrapRun.Variable)] = []
        let hint =
            "Write [\"C8Y_PASSWORD\"], or {\"C8Y_PASSWORD\": \"<variable>\"}; the value itself is never written here."
        switch member.value.value {
        case .array(let names):
            for name in names {
                guard case .string(let text) = name.value else {
                    throw failure(
                        name.place, "the name of a variable is expected, and here is \(name.typeName)", hint: hint)
                }
                found.append((name.place, .init(text)))
            }
        case .object(let pairs):
            for pair in pairs {
                guard case .string(let text) = pair.value.value else {
                    throw failure(
                        pair.value.place, "the name of a variable is expected, and here is \(pair.value.typeName)",
                        hint: hint)
                }
                found.append((pair.place, .init(pair.key, from: text)))
            }
        default:
            throw failure(
                member.value.place, "'env' holds names of variables, and here is \(member.value.typeName)", hint: hint)
        }
        var variables: [BootstrapRun.Variable] = []
        for (place, variable) in found {
            do throws(BootstrapRunProblem) {
                try run.check(variable)
            } catch {
                throw failure(place, error.reason, hint: error.hint)
            }
            guard !variables.contains(where: { $0.purpose == variable.purpose }) else {
                throw failure(place, "'\(variable.purpose)' stands here already")
            }
            variables.append(variable)
        }
        return variables
    }
}
