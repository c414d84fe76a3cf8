import Foundation
import Testing

@testable import TedgeCore

@Suite struct SettingsErrorTests {
    static let place = SettingSourceLocation(path: "/etc/tedge/tedge.toml", line: 3, column: 8)
    static let refusal = SettingRefusal("it is too long")

    static let errors: [(SettingsError, id: ReasonID, causes: [String])] = [
        (
            .unreadable(path: "/f", reason: .isDirectory), "settings-unreadable",
            ["Cannot read /f", "Is a directory (os error 21)"]
        ),
        (
            .broken(place, reason: "expected '='"), "settings-broken",
            ["/etc/tedge/tedge.toml, line 3, column 8: expected '='"]
        ),
        (.unknownVersion(place, version: "3"), "settings-version-unknown", ["Unknown tedge.toml version: 3"]),
        (.unknownKey("c8y.urk"), "setting-unknown", ["Unknown tedge config key: 'c8y.urk'"]),
        (
            .refused(key: "c8y.url", refusal), "setting-invalid", ["Failed to parse input", "it is too long"]
        ),
        (
            .invalidInFile(key: "c8y.url", place, refusal), "setting-invalid",
            ["/etc/tedge/tedge.toml, line 3, column 8: the value of 'c8y.url' is not valid", "it is too long"]
        ),
        (
            .invalidInEnvironment(key: "c8y.url", variable: "TEDGE_C8Y_URL", value: "x", refusal), "setting-invalid",
            [#"Failed to set value for c8y.url to "x" from environment variable TEDGE_C8Y_URL"#, "it is too long"]
        ),
        (
            .invalidInCertificate(key: "device.id", path: "/c", refusal), "setting-invalid",
            ["The common name (CN) of the certificate /c cannot be 'device.id'", "it is too long"]
        ),
        (
            .profileOfPlainKey("device.type"), "profile-invalid",
            ["You've supplied a profile, but device.type is not a profiled configuration"]
        ),
        (
            .identityOfCertificate(key: "device.id", commonName: "gw", path: "/c"), "device-id-of-certificate",
            [
                "'device.id' cannot be set: the device id is 'gw', read from the device certificate /c.\nTo set it to "
                    + "some <id>, name new files with `tedge config set device.cert_path <file>` and `tedge config set "
                    + "device.key_path <file>`, then run `tedge cert create --device-id <id>`."
            ]
        ),
        (
            .notEditable(path: "/f", reason: "'c8y' is no table"), "settings-not-editable",
            ["Cannot change /f", "'c8y' is no table"]
        ),
    ]

    @Test("each error has an id for programs and causes for people", arguments: errors)
    func causes(_ error: SettingsError, _ id: ReasonID, _ causes: [String]) {
        #expect(error.id == id)
        #expect(error.causes == causes)
    }

    @Test("ids are words with hyphens")
    func ids() {
        for (error, _, _) in Self.errors {
            #expect(error.id.rawValue.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0) })
        }
    }

    @Test("the hint of a refused value is that of its type and says how to correct a file or a variable")
    func hintsOfValues() {
        let refusal = SettingRefusal("bad", hint: "Give a good one.")
        #expect(SettingsError.refused(key: "c8y.url", refusal).hint == "Give a good one.")
        #expect(SettingsError.refused(key: "c8y.url", Self.refusal).hint == nil)
        #expect(
            SettingsError.invalidInFile(key: "c8y.url", Self.place, refusal).hint
                == "Give a good one. Run 'tedge config set c8y.url <value>' to correct it.")
        #expect(
            SettingsError.invalidInEnvironment(key: "k", variable: "TEDGE_K", value: nil, Self.refusal).hint
                == "Run 'unset TEDGE_K' to use the value of the file.")
    }

    @Test("missing permission has its own hint, other reasons have none")
    func hintOfPermission() {
        let denied = SettingsError.unreadable(path: "/f", reason: SystemError(EACCES))
        #expect(denied.hint == "Run the command with sudo, or give another directory with --config-dir.")
        #expect(SettingsError.unreadable(path: "/f", reason: SystemError(EIO)).hint == nil)
    }

    @Test("an unknown key leads to the list of keys")
    func hintOfUnknownKey() {
        #expect(SettingsError.unknownKey("x").hint == "Run 'tedge config list --doc' for a list of all keys.")
    }
}
