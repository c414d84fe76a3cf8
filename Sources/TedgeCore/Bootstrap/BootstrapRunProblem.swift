/// Why a value of a run is refused, wherever it was given.
public struct BootstrapRunProblem: Error, Sendable, Equatable {
    /// The reason: a sentence without a full stop.
    public let reason: String
    /// What to give instead; nil if the reason says it.
    public let hint: String?

    /// Makes a problem.
    public init(_ reason: String, hint: String? = nil) { (self.reason, self.hint) = (reason, hint) }
}

extension BootstrapRun {
    /// Checks an address and takes scheme and path off it. Returns HOST or HOST:PORT.
    public static func checkedURL(_ typed: String, of cloud: CloudName) throws(BootstrapRunProblem) -> String {
        do throws(SettingRefusal) {
            let type: SettingType = cloud == .c8y ? .hostPort(443) : .host
            let value = try type.parse(typed, currentDirectory: { "/" }).value.printed
            guard cloud == .c8y, value.hasSuffix(":443") else { return value }
            return String(value.dropLast(4))
        } catch {
            throw BootstrapRunProblem("'\(typed.beginning)' is not an address: \(error.reason)", hint: error.hint)
        }
    }

    /// Checks the identity of a device.
    public static func checkDeviceID(_ id: String) throws(BootstrapRunProblem) {
        guard let problem = DeviceIDRule.problem(of: id) else { return }
        throw BootstrapRunProblem(problem.text(of: id.beginning))
    }

    /// Checks that the cloud of the run offers a method.
    public func check(_ method: Method) throws(BootstrapRunProblem) {
        let offered = Self.methods(of: cloud)
        guard !offered.contains(method) else { return }
        throw BootstrapRunProblem(
            "\(cloud.productName) has no registration '\(method.rawValue)'",
            hint: "It has \(offered.map { "'\($0.rawValue)'" }.joined(separator: " and ")).")
    }

    /// Checks a setting. A secret one is refused, because others can read a document and a command line. So is one for which the
    /// run has a member of its own.
    public func check(_ setting: Setting) throws(BootstrapRunProblem) {
        let name = try checkedName(setting.key)
        if name.key.isSecret {
            throw BootstrapRunProblem(
                "'\(name.text)' is secret and is not written here",
                hint:
                    "Put the value into a variable of the environment, and name that in a document for --from: \"env\": "
                    + "{\"\(name.text)\": \"NAME\"}.")
        }
        if name.key.isDeviceID, isOwn(name) {
            throw BootstrapRunProblem(
                "'\(name.text)' cannot be set like this", hint: "Give the id as the device id of the run.")
        }
        if name.key.name == "\(cloud.rawValue).url", isOwn(name) {
            throw BootstrapRunProblem(
                "'\(name.text)' cannot be set like this", hint: "Give the address as the url of the run.")
        }
        do throws(SettingRefusal) {
            _ = try name.key.type.parse(setting.value, currentDirectory: { "/" })
        } catch {
            throw BootstrapRunProblem(
                "'\(setting.value.beginning)' is not a value of '\(name.text)': \(error.reason)",
                hint: name.advice(for: setting.value) ?? error.hint)
        }
    }

    /// Checks what a variable is for, and its name.
    public func check(_ variable: Variable) throws(BootstrapRunProblem) {
        guard Self.isVariableName(variable.name) else {
            throw BootstrapRunProblem(
                "'\(variable.name.beginning)' is not the name of a variable",
                hint: "Give the name alone: letters, digits and underscores. The value is never written here.")
        }
        if variable.purpose == variable.name || Purpose(rawValue: variable.purpose) != nil { return }
        _ = try checkedName(variable.purpose)
    }

    /// The purposes that are not settings.
    enum Purpose: String, CaseIterable {
        case user = "C8Y_USER"
        case password = "C8Y_PASSWORD"
        case oneTimePassword = "DEVICE_ONE_TIME_PASSWORD"
    }

    private func checkedName(_ typed: String) throws(BootstrapRunProblem) -> SettingName {
        do throws(SettingsError) {
            return try settingName(typed)
        } catch {
            throw BootstrapRunProblem(error.causes.joined(separator: ": ").withoutStop, hint: error.hint)
        }
    }

    private func isOwn(_ name: SettingName) -> Bool {
        name.key.cloud == nil || name.key.cloud == cloud && name.profile == profile
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isDigit, name.utf8.count <= 256 else { return false }
        return name.utf8.allSatisfy { $0.isDigit || ($0 | 0x20) &- UInt8(ascii: "a") < 26 || $0 == UInt8(ascii: "_") }
    }
}

extension String {
    /// The text without a full stop at its end.
    fileprivate var withoutStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
