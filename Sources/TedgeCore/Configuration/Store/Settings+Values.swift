import TOML

extension Settings {
    /// The value of a setting, or nil if it has none. Throws `unknownProfile` and the errors of invalid values.
    func value(of name: SettingName) throws(SettingsError) -> Setting? {
        if let cloud = name.key.cloud, let profile = name.profile, !profiles(of: cloud).contains(profile) {
            throw .unknownProfile(profile, of: cloud)
        }
        return try resolve(name)
    }

    /// The value of a setting, or nil if it has none. The profile need not exist.
    func resolve(_ name: SettingName) throws(SettingsError) -> Setting? {
        guard name.key.isDeviceID else { return try storedOrFallback(name) }
        do throws(SettingsError) {
            if let identity = try identity(name) { return identity }
        } catch {
            guard case .certificate = error else { throw error }
            // An identity that is set counts, but not one from another certificate.
            if let setting = try storedOrFallback(name), !setting.origin.isCertificate { return setting }
            throw error
        }
        return try storedOrFallback(name)
    }

    private func storedOrFallback(_ name: SettingName) throws(SettingsError) -> Setting? {
        if let setting = try stored(name) { return setting }
        return try fallback(of: name)
    }

    /// Why the certificate gives no identity; nil if it gives one, or if there is no certificate.
    func certificateProblem(for name: SettingName) throws(SettingsError) -> CertificateError? {
        do throws(SettingsError) {
            _ = try certificate(for: name)
            return nil
        } catch {
            guard case .certificate(let problem) = error else { throw error }
            return problem
        }
    }

    /// The value that is set in the environment or a file, or nil.
    func stored(_ name: SettingName) throws(SettingsError) -> Setting? {
        switch try override(of: name) {
        case .set(let setting): setting
        case .unset: nil
        case nil: try valueInFile(name)
        }
    }

    /// The certificate that an identity comes from, and its common name; nil if there is no certificate. Throws `certificate`
    /// if there is one without a usable name.
    func certificate(for name: SettingName) throws(SettingsError) -> (path: String, commonName: String)? {
        let pathName = String(name.key.name.dropLast("id".utf8.count) + "cert_path")
        guard let sibling = name.sibling(pathName), let path = try resolve(sibling)?.value.printed else { return nil }
        do {
            return try source.certificateCommonName(path).map { (path, $0) }
        } catch {
            throw .certificate(error)
        }
    }

    private func identity(_ name: SettingName) throws(SettingsError) -> Setting? {
        guard let (path, commonName) = try certificate(for: name) else { return nil }
        do {
            try SettingType.checkCharacters(of: commonName)
            return Setting(name: name, value: try name.key.type.check(commonName), origin: .certificate(path: path))
        } catch {
            throw .invalidInCertificate(key: name.text, path: path, error)
        }
    }

    // MARK: Files

    private func valueInFile(_ name: SettingName) throws(SettingsError) -> Setting? {
        if isAbsentFromMainFile(name) { return nil }
        let location = location(of: name)
        guard let file = files[location.file] else { return nil }
        var found: (keys: [String], value: TOMLValue)?
        for keys in [location.keys] + location.older {
            guard let value = file.document[path: keys] else { continue }
            if let found {
                throw .twice(
                    key: found.keys.joined(separator: "."), older: keys.joined(separator: "."), file.location(of: keys))
            }
            found = (keys, value)
        }
        guard let found else {
            try checkTables(above: location.keys, in: file, for: name)
            return nil
        }
        do {
            let value = try name.key.type.read(found.value)
            return Setting(name: name, value: value, origin: .file(path: file.path, line: file.line(of: found.keys)))
        } catch {
            throw .invalidInFile(key: name.text, file.location(of: found.keys), error)
        }
    }

    /// Whether the setting could only be in the main file, and that has nothing under the first word of any of its names.
    private func isAbsentFromMainFile(_ name: SettingName) -> Bool {
        if let cloud = name.key.cloud, cloudsWithFiles.contains(cloud) { return false }
        let present = main?.document.keys(of: []) ?? []
        let names = [name.key.name] + name.key.older + (name.key.cloud?.prefixes ?? [])
        return !names.contains { name in
            let first = name.utf8.prefix { $0 != UInt8(ascii: ".") }
            return present.contains { $0.utf8.elementsEqual(first) }
        }
    }

    /// Throws `invalidInFile` if something that should hold a setting is not a table.
    private func checkTables(
        above keys: [String], in file: SettingsFile, for name: SettingName
    ) throws(SettingsError) {
        for count in 1..<max(keys.count, 1) {
            let parent = Array(keys.prefix(count))
            if file.document.keys(of: parent) != nil { continue }
            guard let other = file.document[path: parent] else { return }
            let refusal = SettingRefusal(
                "'\(parent.joined(separator: "."))' must be a table, it is a value of type \(other.typeName)")
            throw .invalidInFile(key: name.text, file.location(of: parent), refusal)
        }
    }

    // MARK: Defaults

    private func fallback(of name: SettingName) throws(SettingsError) -> Setting? {
        switch name.key.fallback {
        case .none: nil
        case .constant(let text): try fallback(of: name, from: text)
        case .inDirectory(let path): try fallback(of: name, from: "\(directory)/\(path)")
        case .inDirectoryAnd(let path, let other): try fallback(of: name, from: "\(directory)/\(path),\(other)")
        case .sameAs(let other): try sameAs(other, for: name)
        case .firstSet(let others, let constant): try firstSet(others, for: name, otherwise: constant)
        }
    }

    private func sameAs(_ other: String, for name: SettingName) throws(SettingsError) -> Setting? {
        guard let source = name.sibling(other), let setting = try resolve(source) else { return nil }
        if case .certificate = setting.origin {
            return Setting(name: name, value: setting.value, origin: setting.origin)
        }
        guard setting.name.key.type == name.key.type else { return try fallback(of: name, from: setting.value.printed) }
        return Setting(name: name, value: setting.value, origin: .fallback)
    }

    private func firstSet(
        _ others: [String], for name: SettingName, otherwise constant: String
    ) throws(SettingsError) -> Setting? {
        for other in others.compactMap(name.sibling) {
            if let setting = try stored(other) {
                return Setting(name: name, value: setting.value, origin: .fallback)
            }
        }
        return try fallback(of: name, from: constant)
    }

    private func fallback(of name: SettingName, from text: String) throws(SettingsError) -> Setting? {
        do {
            let value = try name.key.type.parse(text, currentDirectory: source.currentDirectory).value
            return Setting(name: name, value: value, origin: .fallback)
        } catch {
            throw .refused(key: name.text, error)
        }
    }
}
