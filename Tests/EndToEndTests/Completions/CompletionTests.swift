import Glibc
import Testing
import TestSupport

/// Completion in real shells with the release executable.
@Suite("completion", .serialized) struct CompletionTests {
    /// Lines and all that fits at their end.
    static let lines: [(line: String, words: String)] = [
        ("tedge conn", "connect"), ("tedge connect ", "aws az az.blue c8y c8y.second c8y.third"),
        ("tedge disconnect c8y.", "c8y.second c8y.third"), ("tedge connect c8y --test --off", ""),
        ("tedge connect c8y --tes", "--test"), ("tedge config set --prof", "--profile"),
        ("tedge --log-level ", "debug error info trace warn"),
        ("tedge connect --log-level=", "debug error info trace warn"),
        ("tedge completions ", "bash fish zsh"), ("tedge doctor --only local", "local-mqtt"),
        ("tedge doctor --only tcp --only local", "local-mqtt"), ("tedge doctor c8y --skip=loc", "local-mqtt"),
        ("tedge config set c8y.auth_method ", "auto basic certificate"),
        ("tedge config set mqtt.bind.enabled ", "false true"), ("tedge config set run.lock_files t", "true"),
        ("tedge config set c8y.profiles.second.auth_method ", "auto basic certificate"),
        ("tedge config set --profile second c8y.auth_method b", "basic"), ("tedge config set device.type ", ""),
        ("tedge config get device.cryptoki.m", "device.cryptoki.mode device.cryptoki.module_path"),
        (
            "tedge config get c8y.profiles.second.bridge.",
            "c8y.profiles.second.bridge.durable c8y.profiles.second.bridge.include.local_cleansession "
                + "c8y.profiles.second.bridge.keepalive_interval "
                + "c8y.profiles.second.bridge.topic_prefix"
        ),
        ("tedge config unset az.profiles.blue.u", "az.profiles.blue.url"),
        ("tedge config get --profile second device.i", ""),
        ("tedge config get c8y.url --profile ", "second third"), ("tedge config get --profile ", "blue second third"),
        ("tedge connect c8y --profile ", "second third"), ("tedge connect az --profile=", "blue"),
        ("tedge cert upload c8y --profile s", "second"), ("tedge disconnect aws --profile ", ""),
        ("tedge --config-dir ../elsewhere connect c8y --profile ", "foreign"),
        ("tedge connect c8y --config-dir='../elsewhere' --profile ", "foreign"),
        ("tedge cert show --cert-path oth", "other.pem"), ("tedge cert show --cert-path=oth", "other.pem"),
        ("tedge config set device.key_path oth", "other.pem"), ("tedge --config-dir oth", ""),
        ("tedge 'config' \"set\" c8y.auth_met\\hod b", "basic"), ("tedge help config s", "set"), ("tedge -- conn", ""),
        ("TEDGE_X=1 tedge conn", "connect"), ("true; tedge conn", "connect"), ("tedge wrong ", ""),
    ]

    @Test("each shell offers what can stand there", arguments: ShellKind.allCases)
    func offers(_ kind: ShellKind) throws {
        let shell = try CompletingShell(kind, Gateway.withProfiles())
        for (line, words) in Self.lines {
            let expected = words.split(separator: " ").map(String.init)
            let offered = try shell.words(for: line)
            #expect(offered == expected, "\(line)")
        }
    }

    @Test("behind sudo as well, where the shell completes that", arguments: ShellKind.allCases.filter { $0 != .bash })
    func sudo(_ kind: ShellKind) throws {
        let shell = try CompletingShell(kind, Gateway.withProfiles())
        #expect(try shell.words(for: "sudo tedge conn") == ["connect"])
        #expect(try shell.words(for: "sudo tedge connect c8y --profile ") == ["second", "third"])
        #expect(try shell.words(for: "sudo tedge connect c8y --profile=s") == ["second"])
    }

    @Test("each command of the help is offered, and each of its options", arguments: ShellKind.allCases)
    func wholeProgram(_ kind: ShellKind) throws {
        let gateway = try Gateway.withProfiles()
        let shell = try CompletingShell(kind, gateway)
        var commands = [""]
        var checked = 0
        while let command = commands.popLast() {
            let help = try gateway.run(command.split(separator: " ").map(String.init) + ["--help"]).output
            let below = help.rows(of: "Commands:").compactMap { $0.split(separator: " ").first.map(String.init) }
            if !below.isEmpty {
                #expect(try shell.words(for: "tedge \(command)") == (below + ["help"]).unique.sorted(), "\(command)")
            }
            let options = (help.rows(of: "Options:") + help.rows(of: "Global options:")).flatMap(\.longNames)
            #expect(try shell.words(for: "tedge \(command)--") == options.sorted(), "\(command)")
            commands += below.filter { $0 != "help" }.map { "\(command)\($0) " }
            checked += 1
        }
        #expect(checked >= 18)
    }

    @Test("all keys are offered, and all names of checks", arguments: [ShellKind.bash, .zsh, .fish])
    func complete(_ kind: ShellKind) throws {
        let gateway = try Gateway()
        let shell = try CompletingShell(kind, gateway)
        let manual = try gateway.tedge("config", "list", "--doc").output
        let keys = manual.split(separator: "\n").compactMap { line -> String? in
            let word = line.drop { $0 == " " }.prefix { $0 != " " }
            return word.contains(".") && !word.hasSuffix(".") && !word.contains(":") && word.allSatisfy(\.isKeyLetter)
                && line.contains("\(word)  ") ? String(word) : nil
        }
        #expect(keys.count == 165)
        #expect(try shell.words(for: "tedge config set ") == keys.sorted())
        let checks = try gateway.tedge("doctor", "--list").output.split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
        #expect(try shell.words(for: "tedge doctor --skip ") == checks.sorted())
    }

    @Test("paths are completed by the shell, with blanks and dollars in them", arguments: ShellKind.allCases)
    func paths(_ kind: ShellKind) throws {
        let shell = try CompletingShell(kind, Gateway.withProfiles())
        #expect(
            try shell.line(afterTab: "tedge cert show --cert-path som")
                == "tedge cert show --cert-path some\\ \\$file.pem ")
        #expect(try shell.line(afterTab: "tedge --config-dir a").hasPrefix("tedge --config-dir a\\ dir/"))
        #expect(try shell.line(afterTab: "tedge --config-dir=a").hasPrefix("tedge --config-dir=a\\ dir/"))
    }

    @Test("fish and zsh say what each word is for")
    func texts() throws {
        let gateway = try Gateway.withProfiles()
        let fish = try CompletingShell(.fish, gateway)
        #expect(
            try fish.fishWords("tedge conn").map(\.text) == [
                "Connect this device to a cloud and prove that the cloud answers."
            ])
        #expect(try fish.fishWords("tedge connect --off").first?.text.hasPrefix("Configure and start") == true)
        #expect(
            try fish.fishWords("tedge config get mqtt.bind.po").first?.text.hasPrefix("The port of the broker's")
                == true)
        #expect(try fish.fishWords("tedge connect c8y --profile s").map(\.text) == ["Cumulocity"])
        let zsh = try CompletingShell(.zsh, gateway)
        #expect(try zsh.listing(for: "tedge con").contains("Connect this device to a cloud"))
        #expect(try zsh.listing(for: "tedge connect --").contains("Configure and start everything"))
        #expect(try zsh.listing(for: "tedge config get mqtt.bind.").contains("The port of the broker's"))
    }
}

extension [String] {
    /// The words, each once.
    fileprivate var unique: [String] { Array(Set(self)) }
}

extension String {
    /// The rows of a section of the help.
    fileprivate func rows(of heading: String) -> [Substring] {
        split(separator: "\n", omittingEmptySubsequences: false).drop { $0 != heading }.dropFirst().prefix {
            $0.hasPrefix("  ")
        }
        .filter { !$0.hasPrefix("        ") }
    }
}

extension Substring {
    /// The long names of an option in its row of the help.
    fileprivate var longNames: [String] {
        split(separator: " ").prefix(2).filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "," }) }
    }
}

extension Character {
    fileprivate var isKeyLetter: Bool { isLetter || isNumber || self == "." || self == "_" }
}
