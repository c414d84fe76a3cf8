import Testing

@testable import TedgeCore

@Suite struct ProfileNameTests {
    @Test(
        "a profile is named by letters, digits, hyphens and underscores, in lower case",
        arguments: [
            ("test", "test"), ("Second-Tenant_2", "second-tenant_2"), ("_a", "_a"), ("9", "9"), ("Größe", "größe"),
            ("日本", "日本"),
        ])
    func valid(_ typed: String, _ text: String) throws {
        #expect(try ProfileName(parsing: typed).text == text)
    }

    @Test(
        "an invalid name is refused with the rule that it breaks",
        arguments: [
            ("", .empty), ("a b", .forbiddenCharacter), ("a.b", .forbiddenCharacter), ("a/b", .forbiddenCharacter),
            ("..", .forbiddenCharacter), ("a@b", .forbiddenCharacter), ("a\n", .forbiddenCharacter),
            ("-", .noLetterOrNumber), ("_-_", .noLetterOrNumber),
        ] as [(String, ProfileName.Problem)])
    func invalid(_ typed: String, _ problem: ProfileName.Problem) {
        #expect(throws: problem) { try ProfileName(parsing: typed) }
    }

    @Test("each broken rule has a message")
    func texts() {
        #expect(ProfileName.Problem.empty.text == "Profile names cannot be empty")
        #expect(
            ProfileName.Problem.forbiddenCharacter.text
                == "Profile names can only contain letters, numbers, `-` or `_`")
        #expect(
            ProfileName.Problem.noLetterOrNumber.text == "Profile names must contain at least one letter or number")
    }

    @Test("the option comes before the variable, and an empty variable is none")
    func choice() throws {
        #expect(try ProfileName.choose(option: "A", environment: "b")?.text == "a")
        #expect(try ProfileName.choose(option: nil, environment: "b")?.text == "b")
        #expect(try ProfileName.choose(option: nil, environment: "") == nil)
        #expect(try ProfileName.choose(option: nil, environment: nil) == nil)
    }

    @Test("the error of a bad name says where it was given")
    func sources() throws {
        let ofOption = try #require(throws: SettingsError.self) {
            try ProfileName.choose(option: "a b", environment: nil)
        }
        #expect(ofOption == .badProfileName("a b", .option, .forbiddenCharacter))
        #expect(ofOption.causes == ["Profile names can only contain letters, numbers, `-` or `_`"])
        let ofVariable = try #require(throws: SettingsError.self) {
            try ProfileName.choose(option: nil, environment: "-")
        }
        #expect(
            ofVariable.causes == [
                "Parsing TEDGE_CLOUD_PROFILE", "Profile names must contain at least one letter or number",
            ])
    }

    @Test("an empty option is an error and not the default profile")
    func emptyOption() {
        #expect(throws: SettingsError.badProfileName("", .option, .empty)) {
            try ProfileName.choose(option: "", environment: "a")
        }
    }
}
