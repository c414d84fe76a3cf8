import Synchronization
import Testing

@testable import TedgeCore

@Suite struct BootstrapDialogueTests {
    private var fixture: Fixture

    init() throws {
        fixture = try Fixture()
        try fixture.files.makeDirectory(fixture.directory.file("proc"), mode: 0o755, owner: nil)
        try fixture.files.makeDirectory(fixture.directory.file("proc/sys"), mode: 0o755, owner: nil)
        try fixture.files.makeDirectory(fixture.directory.file("proc/sys/kernel"), mode: 0o755, owner: nil)
        try fixture.files.makeDirectory(fixture.directory.file("proc/device-tree"), mode: 0o755, owner: nil)
        try fixture.write("line-7\n", to: "proc/sys/kernel/hostname")
    }

    /// A person who types lines; the input ends after them.
    private final class Person: Terminal {
        private let lines: Mutex<[String]>
        private let asked = Mutex<[String]>([])

        init(_ lines: [String]) { self.lines = Mutex(lines) }

        var exists: Bool { true }
        var prompts: [String] { asked.withLock { $0 } }

        func readSecret(prompt: String, interruption: Interruption) throws(TerminalError) -> Secret? { nil }

        func readLine(prompt: String, interruption: Interruption) throws(TerminalError) -> String? {
            asked.withLock { $0.append(prompt) }
            return lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    private func ask(_ lines: String...) throws -> (BootstrapRun, [String]) {
        let person = Person(lines)
        var context = fixture.context
        (context.terminal, context.processDirectory) = (person, fixture.directory.file("proc"))
        return (try BootstrapDialogue(in: context).ask(), person.prompts)
    }

    @Test("four answers make a run, and the equal command is shown before the last question")
    func answers() throws {
        let before = try fixture.snapshot()
        let (run, prompts) = try ask("c8y", "https://example.cumulocity.com/", " gateway-1 ", "self-signed", "y")
        var expected = BootstrapRun(.c8y)
        (expected.url, expected.deviceID, expected.method) = ("example.cumulocity.com", "gateway-1", .selfSigned)
        #expect(run == expected)
        #expect(
            prompts == [
                "Cloud: c8y (Cumulocity), az (Azure), aws (AWS) [c8y]: ",
                "Address of Cumulocity, for example <tenant>.cumulocity.com: ", "Id of the device [line-7]: ",
                "Method [c8y-ca]: ", "Go on? [Y/n] ",
            ])
        #expect(
            fixture.output.contains(
                "The same without questions:\n\n  sudo tedge bootstrap c8y --url example.cumulocity.com --device-id gateway-1 "
                    + "--register self-signed\n"))
        #expect(try fixture.snapshot() == before)
    }

    @Test("an empty answer is the shown default; where there is none, it is asked again")
    func defaults() throws {
        let (run, prompts) = try ask("", "", "example.cumulocity.com", "", "", "")
        #expect(run.name == "c8y" && run.deviceID == "line-7" && run.method == .tenantAuthority)
        #expect(prompts.filter { $0.hasPrefix("Address") }.count == 2)
    }

    @Test("what is set already is the default, and the certificate names the device")
    func known() throws {
        try fixture.write("[c8y]\nurl = 'known.cumulocity.com'\n", to: "tedge/tedge.toml")
        try fixture.makePair(id: "gateway-9")
        let (run, prompts) = try ask("", "", "", "")
        #expect(run.url == "known.cumulocity.com" && run.deviceID == "gateway-9" && run.method == .present)
        #expect(prompts.contains("Address of Cumulocity, for example <tenant>.cumulocity.com [known.cumulocity.com]: "))
        #expect(!prompts.contains { $0.hasPrefix("Id of") })
        #expect(fixture.output.contains("The device is 'gateway-9', because it has a certificate of that name.\n"))
    }

    @Test("a refused answer is asked for again, with the reason")
    func refused() throws {
        let (run, prompts) = try ask(
            "gcp", "c8y.", "azure", "bad host", "hub.azure-devices.net", "gateway 1", String(repeating: "x", count: 65),
            "gateway-1", "c8y-ca", "magic", "self-signed", "maybe", "yes")
        #expect(run.cloud == .az && run.url == "hub.azure-devices.net" && run.deviceID == "gateway-1")
        #expect(prompts.count == 13)
        for text in [
            "  'gcp' is not a cloud. Type c8y, az or aws.\n", "  '' is not the name of a profile: ",
            "  'bad host' is not an address: ", "cannot be used in a name", "is more than 64 characters long",
            "  Azure has no registration 'c8y-ca'. It has 'self-signed' and 'present'.\n", "  'magic' is not a method.",
            "  Type y or n.\n",
        ] { #expect(fixture.output.contains(text), "\(text): \(fixture.output)") }
    }

    @Test("the end of the input and a no end it; nothing is changed")
    func ended() throws {
        let before = try fixture.snapshot()
        #expect(throws: BootstrapDialogueError.ended) { try ask("c8y", "example.cumulocity.com") }
        #expect(throws: BootstrapDialogueError.declined) { try ask("", "example.cumulocity.com", "", "", "n") }
        #expect(try fixture.snapshot() == before)
        #expect(
            BootstrapDialogueError.ended.id.rawValue == "dialogue-ended" && BootstrapDialogueError.declined.hint == nil)
    }

    @Test("without a terminal it says what to type instead, and a signal is passed on")
    mutating func absent() throws {
        fixture.terminal.failure = .absent
        #expect(throws: BootstrapDialogueError.noTerminal) { try BootstrapDialogue(in: fixture.context).ask() }
        fixture.terminal.failure = .interrupted(Interrupted(signal: 2))
        #expect(throws: Interrupted.self) { try BootstrapDialogue(in: fixture.context).ask() }
    }

    @Test("a host name that every image has is not proposed: the serial number is, or nothing")
    func proposals() throws {
        var context = fixture.context
        context.processDirectory = fixture.directory.file("proc")
        #expect(context.proposedDeviceID == "line-7")
        try fixture.write("raspberrypi\n", to: "proc/sys/kernel/hostname")
        #expect(context.proposedDeviceID == nil)
        try fixture.write("10000000abcdef01\0", to: "proc/device-tree/serial-number")
        #expect(context.proposedDeviceID == "10000000abcdef01")
    }

    @Test("the equal command can be pasted into a shell")
    func quoted() throws {
        var run = BootstrapRun(.c8y, profile: try ProfileName(parsing: "edge"))
        (run.deviceID, run.isClean, run.registersAgain) = ("it's!*", true, true)
        run.settings = [.init("device.type", "a $HOME `id` \"b\"")]
        #expect(
            BootstrapDialogue.command(run)
                == #"tedge bootstrap c8y.edge --device-id 'it'\''s!*' --set 'device.type=a $HOME `id` "b"' --re-register --clean"#
        )
    }
}
