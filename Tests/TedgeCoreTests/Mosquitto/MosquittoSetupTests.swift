import Testing

@testable import TedgeCore

@Suite struct MosquittoSetupTests {
    private func setup(_ text: String) -> MosquittoSetup {
        MosquittoSetup(text: Array(text.utf8), path: "/etc/mosquitto/mosquitto.conf")
    }

    private func including(_ text: String) -> String? {
        setup(text).including("/etc/tedge/mosquitto-conf").map { String(decoding: $0, as: UTF8.self) }
    }

    static let line = "include_dir /etc/tedge/mosquitto-conf\n"
    static let files = [
        ("", line),
        ("a b\n", "a b\n" + line),
        ("a b", "a b\n" + line),
        ("a\n\ninclude_dir /etc/mosquitto/conf.d\nz\n", "a\n\n\(line)include_dir /etc/mosquitto/conf.d\nz\n"),
        ("include_dir /x\ninclude_dir /y", "\(line)include_dir /x\ninclude_dir /y"),
        ("  \tinclude_dir\t/x\n", "\(line)  \tinclude_dir\t/x\n"),
        ("# include_dir /x\n", "# include_dir /x\n" + line),
        ("include_directory /x\n", "include_directory /x\n" + line),
        ("include_dir /etc/tedge/mosquitto-conf2\n", line + "include_dir /etc/tedge/mosquitto-conf2\n"),
        ("a\r\ninclude_dir /x\r\n", "a\r\n\(line)include_dir /x\r\n"),
    ]

    @Test("the line goes before the first directory that is included, else to the end", arguments: files)
    func place(_ before: String, _ after: String) {
        #expect(including(before) == after)
    }

    static let complete = [
        line, "a\n  include_dir   /etc/tedge/mosquitto-conf  \n", "include_dir /etc/tedge/mosquitto-conf/\r\n",
        "include_dir /x\ninclude_dir /etc//tedge/./mosquitto-conf",
    ]

    @Test("a file that includes the directory already stays as it is", arguments: complete)
    func once(_ text: String) {
        #expect(including(text) == nil)
    }

    @Test("adding the line twice is the same as once")
    func twice() throws {
        let once = try #require(including("include_dir /x\n"))
        #expect(including(once) == nil)
    }

    @Test("bytes that are no text are kept")
    func bytes() {
        let setup = MosquittoSetup(text: [0xFF, 0x0A, 0x00, 0xC3], path: "/x")
        #expect(setup.including("/d") == [0xFF, 0x0A, 0x00, 0xC3, 0x0A] + Array("include_dir /d\n".utf8))
    }

    @Test("the user is the last one that is named, else mosquitto")
    func user() {
        #expect(setup("").user == "mosquitto")
        #expect(setup("user one\nuser  two \n# user three\nusername four\n").user == "two")
    }

    @Test("the log file is the last one that is named, where there is one")
    func logFile() {
        #expect(setup("log_dest syslog\n").logFile == nil)
        #expect(setup("log_dest file /a.log\nlog_dest file /b c.log\nlog_dest stderr\n").logFile == "/b c.log")
    }

    @Test("a file that is missing is none")
    func missing() throws {
        let world = try World()
        #expect(MosquittoSetup.load(from: world.context)?.text == Array("include_dir /etc/mosquitto/conf.d\n".utf8))
        try world.files.remove(world.directory.file("mosquitto.conf"))
        #expect(MosquittoSetup.load(from: world.context) == nil)
    }
}
