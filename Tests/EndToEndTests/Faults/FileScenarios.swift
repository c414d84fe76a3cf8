import TestSupport

/// `config set` on a file with comments.
struct SettingsScenario: FaultScenario {
    let gateway: Gateway
    let words = ["config", "set", "c8y.url", "new.example.com"]
    private let before: FileStates
    private let after: FileStates

    init() throws {
        gateway = try Gateway()
        try write(
            "# by hand\n[c8y]\nurl = \"old.example.com\" # ours\n\n[unknown]\nx = 1\n", to: gateway.path("tedge.toml"),
            mode: 0o640)
        try gateway.save()
        before = try gateway.fileStates()
        try gateway.run(words).expectSuccess()
        after = try gateway.fileStates()
    }

    func reset() throws { try gateway.restore() }
    func problemsOfFailure() throws -> [String] { try gateway.fileStates().settled.differences(from: before) }
    func problemsOfSuccess() throws -> [String] { try gateway.fileStates().settled.differences(from: after) }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates().settled
        return states == before ? [] : states.differences(from: after)
    }

    func problemsOfSecondRun() throws -> [String] {
        try gateway.run(words).expectSuccess()
        return try gateway.fileStates().differences(from: after)
    }
}

/// `config upgrade` of two accounts on one cloud, and an older name.
struct UpgradeScenario: FaultScenario {
    let gateway: Gateway
    let words = ["config", "upgrade"]
    private let before: FileStates
    private let after: FileStates
    private let values: String

    init() throws {
        gateway = try Gateway()
        try write(
            "# by hand\n[c8y]\nurl = \"a.example.com\" # ours\n[c8y.profiles.b]\nurl = \"b.example.com\"\n[mqtt]\nport = 1884\n",
            to: gateway.path("tedge.toml"), mode: 0o640)
        try gateway.save()
        before = try gateway.fileStates()
        values = try gateway.tedge("config", "list").output
        try gateway.run(words).expectSuccess()
        after = try gateway.fileStates()
    }

    func reset() throws { try gateway.restore() }
    func problemsOfFailure() throws -> [String] { try gateway.fileStates().settled.differences(from: before) }
    func problemsOfSuccess() throws -> [String] { try gateway.fileStates().settled.differences(from: after) }

    /// However far it has come, all settings have their values.
    func problemsOfKill() throws -> [String] {
        let listed = try gateway.tedge("config", "list")
        return listed.output == values && listed.errors == "" ? [] : ["\(listed)"]
    }

    func problemsOfSecondRun() throws -> [String] {
        try gateway.run(words).expectSuccess()
        return try gateway.fileStates().differences(from: after)
    }
}

/// `cert create` on a device without a certificate.
struct CertificateScenario: FaultScenario {
    let gateway: Gateway
    let words = ["cert", "create", "--device-id", "gateway-1"]
    private let before: FileStates
    private static let certificate = "device-certs/tedge-certificate.pem"
    private static let key = "device-certs/tedge-private-key.pem"

    init() throws {
        gateway = try Gateway()
        try gateway.save()
        before = try gateway.fileStates()
    }

    func reset() throws { try gateway.restore() }
    func problemsOfFailure() throws -> [String] { try gateway.fileStates().settled.differences(from: before) }
    func problemsOfSuccess() throws -> [String] { try gateway.fileStates().settled.problemsOfPair(gateway) }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates()
        let open = states.filter { path, state in
            path.contains("private-key") && !state.hasPrefix("f400 ") && !state.hasPrefix("f600 ")
        }
        return (states[Self.certificate] == nil ? [] : try problemsOfSuccess())
            + open.map { "\($0.key) is \($0.value)" }
    }

    func problemsOfSecondRun() throws -> [String] {
        let isWhole = try gateway.fileStates()[Self.certificate] != nil
        let outcome = try gateway.run(words)
        // A pair that is whole is not made again.
        let isRefused = outcome.status == 1 && outcome.errors.contains("A certificate already exists")
        guard isWhole ? isRefused : outcome.status == 0 else { return ["\(outcome)"] }
        let states = try gateway.fileStates()
        let left = Set(states.keys).subtracting(before.keys).subtracting(["device-certs", Self.certificate, Self.key])
        return try states.problemsOfPair(gateway) + left.map { "\($0) is left" }
    }
}

/// `cert create-csr` on a device without a key, where an earlier request is.
struct SigningRequestScenario: FaultScenario {
    let gateway: Gateway
    let words = ["cert", "create-csr", "--device-id", "gateway-1"]
    private let before: FileStates
    private static let key = "device-certs/tedge-private-key.pem"
    private static let request = "device-certs/tedge.csr"

    init() throws {
        gateway = try Gateway()
        _ = try ChildProcess.run("mkdir", [gateway.path("device-certs")])
        try write("an earlier request\n", to: gateway.path(Self.request))
        try gateway.save()
        before = try gateway.fileStates()
    }

    func reset() throws { try gateway.restore() }
    func problemsOfFailure() throws -> [String] { try gateway.fileStates().settled.differences(from: before) }

    func problemsOfSuccess() throws -> [String] {
        let signed = try ChildProcess.run(
            "sh",
            [
                "-c",
                "openssl req -in \"$0\" -noout -pubkey >\"$2/a\" && openssl pkey -in \"$1\" -pubout | cmp - \"$2/a\"",
                gateway.path(Self.request), gateway.path(Self.key), gateway.directory,
            ])
        let states = try gateway.fileStates().settled
        let modes = [(Self.request, "f444 "), (Self.key, "f400 ")].filter { states[$0.0]?.hasPrefix($0.1) != true }
        return (signed.exit == .status(0) ? [] : ["the request is not the key's: \(signed.errors)"])
            + modes.map { "\($0.0) is \(states[$0.0] ?? "missing")" }
    }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates()
        let open = states.filter { path, state in
            path.contains("private-key") && !state.hasPrefix("f400 ") && !state.hasPrefix("f600 ")
        }
        let isOld = states[Self.request] == before[Self.request]
        return (isOld ? [] : try problemsOfSuccess()) + open.map { "\($0.key) is \($0.value)" }
    }

    func problemsOfSecondRun() throws -> [String] {
        let outcome = try gateway.run(words)
        guard outcome.status == 0 else { return ["\(outcome)"] }
        let left = Set(try gateway.fileStates().keys).subtracting(before.keys).subtracting([Self.key])
        return try problemsOfSuccess() + left.map { "\($0) is left" }
    }
}

/// `cert renew --ca self-signed` where an earlier renewal has left a certificate.
struct RenewalScenario: FaultScenario {
    let gateway: Gateway
    let words = ["cert", "renew", "--ca", "self-signed"]
    private let before: FileStates
    private static let new = "device-certs/tedge-certificate.pem.new"

    init() throws {
        gateway = try Gateway()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        try gateway.run(words).expectSuccess()
        try gateway.save()
        before = try gateway.fileStates().settled
    }

    func reset() throws { try gateway.restore() }
    func problemsOfFailure() throws -> [String] { try gateway.fileStates().settled.differences(from: before) }

    func problemsOfSuccess() throws -> [String] {
        var (states, expected) = (try gateway.fileStates().settled, before)
        let changed = states.removeValue(forKey: Self.new)
        let old = expected.removeValue(forKey: Self.new)
        let kept = states.differences(from: expected)
        if changed?.hasPrefix("f444 ") != true || changed == old {
            return kept + ["\(Self.new) is \(changed ?? "missing")"]
        }
        let look = """
            openssl x509 -in tedge-certificate.pem.new -noout -pubkey >../public && openssl pkey -in tedge-private-key.pem -pubout |
                cmp - ../public && rm ../public
            """
        let pair = try ChildProcess.run("sh", ["-c", "cd \"$0\" && \(look)", gateway.path("device-certs")])
        return kept + (pair.exit == .status(0) ? [] : ["no pair: \(pair.errors)"])
    }

    func problemsOfKill() throws -> [String] {
        try gateway.fileStates().settled == before ? [] : try problemsOfSuccess()
    }

    func problemsOfSecondRun() throws -> [String] {
        try gateway.run(words).expectSuccess()
        let left = Set(try gateway.fileStates().keys).subtracting(before.keys).subtracting([".tedge.lock"])
        return try problemsOfSuccess() + left.map { "\($0) is left" }
    }
}

extension FileStates {
    /// What is wrong with the pair of the device.
    fileprivate func problemsOfPair(_ gateway: Gateway) throws -> [String] {
        let modes = [
            ("device-certs/tedge-certificate.pem", "f444 "), ("device-certs/tedge-private-key.pem", "f400 "),
        ].filter { self[$0.0]?.hasPrefix($0.1) != true }.map { "\($0.0) is \(self[$0.0] ?? "missing")" }
        let look = """
            openssl x509 -in tedge-certificate.pem -noout -pubkey >../public && openssl pkey -in tedge-private-key.pem -pubout |
                cmp - ../public && rm ../public
            """
        let pair = try ChildProcess.run("sh", ["-c", "cd \"$0\" && \(look)", gateway.path("device-certs")])
        return modes + (pair.exit == .status(0) ? [] : ["no pair: \(pair.errors)"])
    }
}
