@testable import ArgumentParsing
import Foundation
import Testing

@testable import TedgeCore
@testable import tedge

/// From words to commands.
@Suite struct CommandTests {
    static let lines: [(line: String, type: any ParsableCommand.Type)] = [
        ("init", InitCommand.self), ("init --user pi --group pi", InitCommand.self),
        ("config get c8y.url", ConfigGetCommand.self), ("config set c8y.url a.b", ConfigSetCommand.self),
        ("config unset c8y.url --profile p", ConfigUnsetCommand.self),
        ("config add c8y.smartrest.templates a", ConfigAddCommand.self),
        ("config remove c8y.smartrest.templates a", ConfigRemoveCommand.self), ("config list", ConfigListCommand.self),
        ("config upgrade", ConfigUpgradeCommand.self),
        ("config list --all --doc url", ConfigListCommand.self), ("cert create --device-id a", CertCreateCommand.self),
        ("cert create c8y --profile p", CertCreateCommand.self), ("cert show --new", CertShowCommand.self),
        ("cert create-csr --device-id a --output-path f", CertCreateCSRCommand.self),
        ("cert create-csr az --profile p", CertCreateCSRCommand.self),
        ("cert create --device-id a --key tpm2", CertCreateCommand.self),
        ("cert create-csr --key pkcs11:object=a", CertCreateCSRCommand.self),
        ("cert needs-renewal c8y --cert-path f", CertNeedsRenewalCommand.self),
        ("cert renew --ca self-signed", CertRenewCommand.self),
        ("cert renew c8y --csr-path f --profile p", CertRenewCommand.self),
        ("cert download c8y --device-id a -p b", CertDownloadC8yCommand.self),
        ("cert download c8y --retry-every 1m --max-timeout 0", CertDownloadC8yCommand.self),
        ("cert remove az", CertRemoveCommand.self), ("cert upload c8y --user me", CertUploadC8yCommand.self),
        ("cert upload az", CertUploadAzCommand.self), ("cert upload aws --profile p", CertUploadAwsCommand.self),
        ("connect c8y --test --timeout 3600", ConnectCommand.self), ("connect aws --offline", ConnectCommand.self),
        ("disconnect az --profile p", DisconnectCommand.self), ("reconnect c8y --offline", ReconnectCommand.self),
        ("refresh-bridges", RefreshBridgesCommand.self), ("doctor", DoctorCommand.self),
        ("connect c8y --test --wait 90s", ConnectCommand.self), ("status", StatusCommand.self),
        ("status c8y.p --wait 5m", StatusCommand.self), ("status --profile p", StatusCommand.self),
        ("mqtt pub a/b AA== -q 2 -r --base64 --repeat 3 --sleep 0s", MQTTPubCommand.self),
        ("mqtt sub a/# -q 1 --no-topic --base64 -W 1m -C 0 --retained-only", MQTTSubCommand.self),
        ("doctor c8y --only clock --skip tcp", DoctorCommand.self), ("doctor --list", DoctorCommand.self),
        ("bootstrap c8y.p --url a.b --register basic --set a.b=c --clean", BootstrapCommand.self),
        ("bootstrap --from - --save f --timeout 5m", BootstrapCommand.self),
        ("connect thingsboard.prod --test --wait 5m", ConnectCommand.self),
        (
            "diag collect c8y.p --output-dir d --name n --keep-dir --plugin-dir a,b --timeout 20s",
            DiagCollectCommand.self
        ),
        ("diag collect --output - --forceful-timeout 2s", DiagCollectCommand.self),
        ("mqtt pub a b --connection-timeout 0", MQTTPubCommand.self),
        ("mqtt sub a --connection-timeout 30s", MQTTSubCommand.self),
        ("completions zsh", CompletionsCommand.self), ("__complete", CompleteCommand.self),
        ("__manual", ManualCommand.self),
    ]

    /// The command of a line.
    private func command<Command: ParsableCommand>(_ line: String, _ type: Command.Type) throws -> Command {
        let words = line.split(separator: " ").map(String.init)
        guard case .command(let command, _, _) = try Program.parser.parse(words) else {
            throw UsageMismatch(line: line)
        }
        return try #require(command as? Command)
    }

    private struct UsageMismatch: Error { let line: String }

    @Test("a password may begin with a dash, as one that is made by chance may")
    func dashes() throws {
        func download(_ words: String...) throws -> String? {
            let line = ["cert", "download", "c8y"] + words
            guard case .command(let command, _, _) = try Program.parser.parse(line) else {
                throw UsageMismatch(line: line.joined(separator: " "))
            }
            return try #require(command as? CertDownloadC8yCommand).password
        }
        #expect(try download("-p", "-x9") == "-x9")
        #expect(try download("--one-time-password", "--x9", "--device-id", "a") == "--x9")
        #expect(try download("--one-time-password", "-") == "-")
        let upload = ["cert", "upload", "c8y", "--password", "-x9"]
        guard case .command(let command, _, _) = try Program.parser.parse(upload) else {
            throw UsageMismatch(line: upload.joined(separator: " "))
        }
        #expect((command as? CertUploadC8yCommand)?.password == "-x9")
        // A password that is forgotten is not the next option.
        for next in ["--device-id", "--url=a", "-p", "--"] {
            #expect(throws: UsageError.self) { try download("--one-time-password", next) }
        }
    }

    @Test("every line selects its command, which can be run", arguments: lines)
    func reachable(_ line: String, _ type: any ParsableCommand.Type) throws {
        let words = line.split(separator: " ").map(String.init)
        guard case .command(let command, _, let path) = try Program.parser.parse(words) else {
            Issue.record("no command")
            return
        }
        #expect(ObjectIdentifier(Swift.type(of: command)) == ObjectIdentifier(type))
        #expect(command is any RunnableCommand)
        #expect(path.first == "tedge" && words.starts(with: path.dropFirst()))
    }

    @Test("there is no command that no line reaches")
    func complete() throws {
        let leaves = HelpTests.commands.filter { !$0.isGroup }.map { $0.path.dropFirst().joined(separator: " ") }
        for leaf in leaves {
            #expect(Self.lines.contains { "\($0.line) ".hasPrefix("\(leaf) ") }, "\(leaf)")
        }
        #expect(!leaves.isEmpty)
    }

    @Test("what is typed arrives in the command")
    func values() throws {
        let connect = try command("connect az --timeout 30 --profile p", ConnectCommand.self)
        #expect(connect.target?.cloud == .az && connect.timeout == 30 && connect.target?.profile?.text == "p")
        #expect(!connect.test && !connect.offline)
        #expect(try command("connect c8y", ConnectCommand.self).timeout == 10)
        let upload = try command("cert upload c8y --user me --password-file -", CertUploadC8yCommand.self)
        #expect(upload.user == "me" && upload.passwordFile == "-" && upload.password == nil)
        let download = try command("cert download c8y -pabc --max-timeout 1h30m", CertDownloadC8yCommand.self)
        #expect(download.password == "abc" && download.maxTimeout?.duration == .seconds(5400))
        #expect(download.retryEvery == nil && download.url == nil)
        #expect(try command("cert renew", CertRenewCommand.self).authority == nil)
        let renewal = try command("cert renew --if-due --reconnect --all", CertRenewCommand.self)
        #expect(renewal.ifDue && renewal.reconnect && renewal.all)
        #expect(try command("config set c8y.url -- -x", ConfigSetCommand.self).value == "-x")
        let publish = try command("mqtt pub a/b AA== -rq2 --base64 --repeat 3 --sleep 1500ms", MQTTPubCommand.self)
        #expect(publish.topic == "a/b" && publish.message == "AA==" && publish.qos == 2 && publish.retain)
        #expect(publish.base64 && publish.count == 3 && publish.sleep?.duration == .milliseconds(1500))
        let plain = try command("mqtt pub a -- -5", MQTTPubCommand.self)
        #expect(plain.message == "-5" && plain.qos == 1 && plain.count == 1 && !plain.retain && !plain.base64)
        let subscribe = try command("mqtt sub + -q 1 -W 2 -C 7 --no-topic --retained-only", MQTTSubCommand.self)
        #expect(subscribe.topic == "+" && subscribe.qos == 1 && subscribe.duration?.duration == .seconds(2))
        #expect(subscribe.count == 7 && subscribe.noTopic && subscribe.retainedOnly && !subscribe.base64)
        let list = try command("config list --doc c8y", ConfigListCommand.self)
        #expect(list.doc && !list.all && list.filter == "c8y")
    }

    @Test("a profile is named by the option, or behind the cloud", arguments: ["connect", "disconnect", "reconnect"])
    func profiles(_ name: String) throws {
        for (words, profile) in [
            ("c8y", nil), ("c8y.P2", "p2"), ("c8y --profile p2", "p2"), ("c8y.p2 --profile p2", "p2"),
            ("aws.a-b_c", "a-b_c"),
        ] {
            guard
                case .command(let command, _, _) = try Program.parser.parse(
                    "\(name) \(words)".split(separator: " ").map(String.init))
            else { throw UsageMismatch(line: words) }
            let target =
                switch command {
                case let command as ConnectCommand: try #require(command.target)
                case let command as DisconnectCommand: command.target
                case let command as ReconnectCommand: command.target
                default: throw UsageMismatch(line: words)
                }
            #expect(target.cloud.rawValue == words.prefix { $0.isLetter || $0.isNumber })
            #expect(target.profile?.text == profile)
        }
    }

    @Test("a certificate's cloud and profile are named in one word wherever a cloud is named")
    func certificateProfiles() throws {
        for name in ["create", "create-csr", "show", "needs-renewal", "renew", "remove", "upload", "download"] {
            for (words, profile) in [
                ("c8y", nil), ("c8y.P2", "p2"), ("c8y --profile p2", "p2"),
            ] as [(String, String?)] {
                let line = "cert \(name) \(words)"
                guard
                    case .command(let command, _, _) = try Program.parser.parse(
                        line.split(separator: " ").map(String.init))
                else { throw UsageMismatch(line: line) }
                let (found, cloud) =
                    switch command {
                    case let command as CertUploadC8yCommand: (command.target.profile, CloudName.c8y)
                    case let command as CertDownloadC8yCommand: (command.target.profile, .c8y)
                    case let command as any CertificateCommand:
                        (
                            command.target.target?.profile(or: command.target.option.profile),
                            command.target.target?.cloud ?? .az
                        )
                    default: throw UsageMismatch(line: line)
                    }
                #expect(found?.text == profile && cloud == .c8y, "\(line)")
            }
        }
        #expect(try command("cert upload az.p", CertUploadAzCommand.self).target.profile?.text == "p")
        #expect(try command("cert upload aws.p", CertUploadAwsCommand.self).target.profile?.text == "p")
    }

    static let wrong = [
        "cert show c8y.", "cert show c8y.a --profile b", "cert upload c8y.", "cert upload c8y.a/b",
        "cert upload c8y.a --profile b", "cert download az.p", "cert upload gcp.p", "connect.p c8y", "cert.p show",
        "cert renew --all c8y", "cert renew --all --profile p", "cert renew --all --ca c8y",
        "cert renew --all --csr-path f", "cert renew c8y.a --profile b",
        "connect c8y.", "connect .p", "connect c8y.a.b", "connect gcp.p", "connect c8y.a --profile b",
        "disconnect c8y.a/b", "reconnect c8y.a --profile b",
        "connect", "connect gcp", "connect c8y --test --offline", "connect c8y --timeout 0",
        "connect c8y --timeout 3601", "connect c8y --wait 5m", "connect c8y --test --wait 0",
        "connect c8y --test --wait x",
        "connect c8y --wait 5m --offline", "status gcp", "status c8y.a --profile b", "status c8y az",
        "status --wait 0s", "connect c8y --timeout +5", "mqtt sub a -C +1", "mqtt pub a x --repeat +1",
        "connect c8y --timeout x", "connect c8y --profile a/b", "disconnect",
        "config", "config upgrade x", "config get", "config get c8y.urk", "config set c8y.url", "cert upload",
        "cert upload gcp",
        "mqtt", "mqtt pub", "mqtt pub a", "mqtt pub a/# x", "mqtt pub a x -q 3", "mqtt pub a x --base64",
        "mqtt pub a x --repeat 0", "mqtt pub a x --sleep x", "mqtt sub", "mqtt sub a/#/b", "mqtt sub a -q -1",
        "mqtt sub a -C x", "mqtt sub a -C=-1", "mqtt sub a -W 0s", "mqtt sub a -W 1q", "mqtt sub a b",
        "cert renew --ca x", "cert download", "cert download az", "cert download c8y --retry-every 0s",
        "cert download c8y --max-timeout 2y", "cert download c8y --retry-every x",
        "cert upload c8y --password a --password-file b", "--config-dir= config list", "--config-dir=~/x init",
        "connect gcp --offline", "connect gcp --if-needed", "connect gcp --test --profile p", "connect g/p --test",
        "connect g. --test", "diag", "diag collect gcp", "diag collect --output x",
        "diag collect --output - --keep-dir",
        "diag collect c8y.a --profile b", "diag collect --timeout 0", "mqtt pub a x --connection-timeout x",
        "mqtt sub a --connection-timeout 1q", "diag frobnicate",
        "frobnicate", "--log-level loud", "init extra",
        "completions", "completions tcsh", "completions bash zsh", "__complete x",
    ]

    @Test("a line that is wrong prints why on stderr, and the status says so", arguments: wrong)
    func usageErrors(_ line: String) {
        let printed = Transcript()
        #expect(Program.run(line.split(separator: " ").map(String.init), printed.console) == 2)
        #expect(!printed.errors.isEmpty)
        #expect(printed.output == "")
    }

    @Test(
        "with --json a line that is wrong is one object on stdout as well, and its text is on stderr", arguments: wrong)
    func usageObjects(_ line: String) throws {
        let words = ["--json"] + line.split(separator: " ").map(String.init)
        #expect(Program.wantsJSON(words))
        let printed = Transcript()
        #expect(Program.run(words, printed.console(isJSON: true)) == 2)
        #expect(!printed.errors.isEmpty)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
        #expect(object["result"] as? String == "failed" && object["reason"] as? String == "wrong-usage")
        #expect(object["changed"] as? Bool == false)
        let message = try #require(object["message"] as? String)
        #expect(object["causes"] as? [String] == [message] || message.contains("  ") || !message.contains("\n"))
        #expect(!message.isEmpty && !message.hasPrefix("error"))
        if let hint = object["hint"] as? String { #expect(printed.errors.contains("tip: \(hint)")) }
    }

    @Test("the object of a line that is wrong names the command and says what to type")
    func usageObject() throws {
        let printed = Transcript()
        let words = ["config", "set", "c8y.url=x", "--json"]
        #expect(Program.run(words, printed.console(isJSON: true)) == 2)
        #expect(
            printed.output == #"{"command":"config set","cloud":null,"profile":null,"result":"failed","changed":false,"#
                + #""reason":"wrong-usage","retry":false,"message":"invalid value 'c8y.url=x' for '<KEY>': Unknown tedge config key: "#
                + #"'c8y.url=x'","causes":["invalid value 'c8y.url=x' for '<KEY>': Unknown tedge config key: "#
                + #"'c8y.url=x'"],"hint":"type 'tedge config set c8y.url x'"}"# + "\n")
        #expect(!Program.wantsJSON(["config", "set", "software.plugin.exclude", "--", "--json"]))
    }

    @Test("with --json help and version are members of the object")
    func resultObjects() throws {
        for (words, member, beginning) in [
            (["connect", "--help"], "help", "Connect this device"), (["--version"], "version", ProgramRelease.version),
        ] {
            let printed = Transcript()
            #expect(Program.run(words + ["--json"], printed.console(isJSON: true)) == 0)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
            #expect((object[member] as? String)?.hasPrefix(beginning) == true)
            #expect(printed.errors == "")
        }
    }

    @Test("help and version are results")
    func results() {
        let help = Transcript()
        #expect(Program.run(["connect", "--help"], help.console) == 0)
        #expect(help.output == (HelpTests.commands.first { $0.path == ["tedge", "connect"] }?.help ?? "") + "\n")
        #expect(help.errors == "")
        let version = Transcript()
        #expect(Program.run(["--version"], version.console) == 0)
        #expect(version.output == "tedge 1.0.0\n")
    }
}

/// A command for the certificate of the device or of a cloud.
private protocol CertificateCommand {
    var target: CertificateArguments { get }
}

extension CertCreateCommand: CertificateCommand {}
extension CertCreateCSRCommand: CertificateCommand {}
extension CertShowCommand: CertificateCommand {}
extension CertNeedsRenewalCommand: CertificateCommand {}
extension CertRenewCommand: CertificateCommand {}
extension CertRemoveCommand: CertificateCommand {}
