import Testing

@testable import TedgeCore

/// What `config upgrade` makes of the files.
@Suite struct SettingsUpgradeTests {
    /// The files that change, by name.
    private func upgrade(_ fixture: SettingsFixture) throws -> [String: String] {
        var files: [String: String] = [:]
        for edit in try SettingsUpgrade(try fixture.load()).edits {
            let name = String(edit.path.dropFirst(SettingsFixture.directory.count + 1))
            files[name] = String(decoding: try #require(edit.contents), as: UTF8.self)
        }
        return files
    }

    /// The fixture after the change.
    private func upgraded(_ fixture: SettingsFixture) throws -> SettingsFixture {
        var after = fixture
        after.files.merge(try upgrade(fixture)) { $1 }
        return after
    }

    /// Every setting with its value, of each profile.
    private func values(_ fixture: SettingsFixture) throws -> String { try fixture.load().listing().text(all: true) }

    @Test("each cloud and each profile gets a file, and comments go with what they are about")
    func clouds() throws {
        let text = """
            # by hand

            [device]
            type = "gateway" # ours

            # my tenant
            [c8y] # here
            # the address
            url = 'a.example.com' # why
            device.id = "x"

            [c8y.bridge]
            topic_prefix = "c8y2"

            # the second account
            [c8y.profiles.Second]
            url = "b.example.com"

            [azure]
            url = "hub.example.com"
            mapper_timestamp = false
            # at the end

            """
        let fixture = SettingsFixture(text)
        #expect(
            try upgrade(fixture) == [
                "tedge.toml": """
                # by hand

                [device]
                type = "gateway" # ours
                # at the end

                [config]
                version = "2"

                """,
                "mappers/c8y/mapper.toml": """
                cloud_type = "c8y"
                # my tenant
                # the address
                url = 'a.example.com' # why

                [device]
                id = "x"

                [bridge]
                topic_prefix = "c8y2"

                """,
                "mappers/c8y.second/mapper.toml": """
                cloud_type = "c8y"
                # the second account
                url = "b.example.com"

                """,
                "mappers/az/mapper.toml": """
                cloud_type = "az"
                url = "hub.example.com"

                [mapper]
                timestamp = false

                """,
            ])
        #expect(try values(upgraded(fixture)) == values(fixture))
    }

    @Test("a setting under an older name gets its own, and keeps its value", arguments: SettingsOldFormTests.moves)
    func olderNames(_ line: String, _ key: String, _ value: String) throws {
        let fixture = SettingsFixture("# first\n\(line) # why\n\n[run]\npath = '/r'\n")
        let after = try upgraded(fixture)
        #expect(try after.value(key) == value)
        #expect(try after.load().warnings() == [])
        #expect(try upgrade(after) == [:])
        #expect(try values(after) == values(fixture))
        let main = try #require(after.files["tedge.toml"])
        #expect(main.contains("[run]\npath = '/r'\n") && main.hasSuffix("[config]\nversion = \"2\"\n"))
        #expect(after.files.values.contains { $0.contains(" # why\n") })
        #expect(!after.files.values.contains { $0.contains(line.prefix { $0 != " " } + " ") })
    }

    /// Files in many forms; none is changed in what it says.
    static let forms = [
        "", "# only a comment\n", "[c8y]\n", "[c8y]\n[az]\n\n[mqtt]\nport = 2883\n", "c8y.url = 'a.b'\nmqtt.port = 1\n",
        "c8y = { url = 'a.b', device = { id = 'x' } } # all\n", "[c8y]\nprofiles.p.url = 'a.b'\n",
        "[c8y.profiles]\np = { url = 'a.b' }\nq.url = 'c.d'\n",
        "[c8y.profiles.p.device]\nkey_pin = '1'\n[c8y]\nurl='a.b'",
        "[az]\nurl = 'a.b'\n[azure.profiles.x]\nurl = 'c.d'\n",
        "[c8y]\r\nurl = 'a.b' # x\r\n\r\n# y\r\n[run]\r\npath = '/r'\r\n",
        "[c8y]\nurl = 'a.b'\nunknown = [1, { x = 2 }]\nunknown2.deep.er = 1979-05-27\n\"odd key\" = 1\n",
        "[apt.dpk]\noptions.config = 'keepnew'\n", "[apt]\ndpk.options.config = 'keepnew'\nname = 'x'\n",
        "[mqtt]\nport = 1\n[mqtt.bind]\naddress = '::1'\n", "[mqtt]\nclient = { auth = { cafile = '/c' } }\n",
        "[mqtt.external]\ncapath = '/d' # x\nport = 8883\n", "[config]\nversion = 1\n\n[mqtt]\nport = 5\n",
        "[config]\nversion = \"2\"\n[c8y]\nurl = 'a.b'\n[c8y.enable]\nlog_management = false\n",
        "\u{FEFF}[c8y]\nurl = 'a.b'\n", "[c8y]\ntopics = [\n  'a', # one\n  'b',\n]\n[device]\ntype = 't'\n",
        "[c8y.entity_store]\nclean_start = false\n[aws]\nmapper_timestamp = true\n",
    ]

    @Test("every setting keeps its value, and a second upgrade finds nothing to do", arguments: forms)
    func sameValues(_ text: String) throws {
        let fixture = SettingsFixture(text)
        let after = try upgraded(fixture)
        #expect(try values(after) == values(fixture))
        #expect(try upgrade(after) == [:])
        for cloud in CloudName.allCases {
            #expect(try after.load().profiles(of: cloud) == fixture.load().profiles(of: cloud))
            for prefix in cloud.prefixes { #expect(try after.load().main?.document[path: [prefix]] == nil) }
        }
        let unknown = { (fixture: SettingsFixture) in try fixture.load().warnings().count }
        #expect(try unknown(after) == unknown(fixture))
    }

    @Test(
        "settings that are up to date stay as they are, also without a version",
        arguments: [
            "", "# x\n", "[mqtt.bind]\nport = 1\n", "[config]\nversion = \"2\"\n[device]\ntype = 'x'\n",
            "[unknown]\nx = 1\n",
        ])
    func upToDate(_ text: String) throws {
        #expect(try upgrade(SettingsFixture(text)) == [:])
        #expect(try upgrade(SettingsFixture()) == [:])
    }

    @Test("a cloud with files of its own keeps them, and its tables that do not count")
    func ignored() throws {
        let fixture = SettingsFixture(
            "[c8y]\nurl = 'old'\n[az]\nurl = 'hub'\n",
            files: ["mappers/c8y.p/mapper.toml": "cloud_type = \"c8y\"\nurl = 'new'\n"])
        #expect(
            try upgrade(fixture) == [
                "tedge.toml": "[c8y]\nurl = 'old'\n\n[config]\nversion = \"2\"\n",
                "mappers/az/mapper.toml": "cloud_type = \"az\"\nurl = 'hub'\n",
            ])
    }

    @Test("files that a killed run has left do not count while the tables are there")
    func killed() throws {
        let text = "[c8y]\nurl = 'a.b'\n[c8y.profiles.p]\nurl = 'c.d'\n"
        let half = ["mappers/c8y.p/mapper.toml": "cloud_type = \"c8y\"\n", ".upgrade.unfinished": "x"]
        let fixture = SettingsFixture(text, files: half)
        #expect(try fixture.value("c8y.url") == "a.b")
        #expect(try fixture.value("c8y.url", profile: "p") == "c.d")
        #expect(try fixture.load().warnings() == [])
        #expect(try upgraded(fixture).files["mappers/c8y.p/mapper.toml"] == "cloud_type = \"c8y\"\nurl = 'c.d'\n")
        let done = SettingsFixture(files: half)
        #expect(try done.load().profiles(of: .c8y).map(\.text) == ["p"])
    }

    static let refused: [(text: String, causes: [String])] = [
        (
            "[mqtt]\nport = 1\nbind.port = 2\n",
            [
                "/etc/tedge/tedge.toml, line 2, column 1: 'mqtt.port' is an older name of 'mqtt.bind.port', which the file "
                    + "has as well. Please manually remove one of them."
            ]
        ),
        (
            "[az]\nurl = 'a'\n[azure]\nurl = 'b'\n",
            [
                "/etc/tedge/tedge.toml, line 4, column 1: 'azure.url' is an older name of 'az.url', which the file has as well."
                    + " Please manually remove one of them."
            ]
        ),
        (
            "[c8y]\nurl = 'a'\n[[c8y.x]]\ny = 1\n",
            ["Cannot change /etc/tedge/tedge.toml", "line 3: 'c8y.x' is an array of tables, which no setting is"]
        ),
        (
            "[c8y.profiles.P]\nurl = 'a'\n[c8y.profiles.p]\nkeep = 1\n",
            [
                "Cannot change /etc/tedge/tedge.toml",
                "line 1: 'c8y.profiles.P' is the profile 'p', which the file has as well",
            ]
        ),
    ]

    @Test("an ambiguous move is refused", arguments: refused)
    func refusals(_ text: String, _ causes: [String]) throws {
        let error = try #require(throws: SettingsError.self) { try upgrade(SettingsFixture(text)) }
        #expect(error.causes == causes)
    }
}
