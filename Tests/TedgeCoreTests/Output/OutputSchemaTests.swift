import Foundation
import TestSupport
import Testing

@testable import TedgeCore

/// The JSON Schema of the output is an interface: it lists what the code can print.
@Suite struct OutputSchemaTests {
    private let schema: JSONSchema

    init() throws { schema = try JSONSchema.ofProgram.get() }

    private func listed(_ definition: String, _ member: String? = nil) throws -> [String] {
        var object = try #require(schema.definition(definition))
        if let member {
            let properties = try #require(object["properties"] as? [String: [String: Any]])
            object = try #require(properties[member])
        }
        return try #require(object["enum"] as? [String])
    }

    @Test("the schema lists every reason, state, result and cloud that the code has, and no other")
    func lists() throws {
        #expect(try listed("reason") == ReasonID.allCases.map(\.rawValue))
        #expect(try listed("certificate", "state") == CertificateState.allCases.map(\.rawValue))
        #expect(try Set(listed("report", "result")) == ["ok", "failed", "unproven", "partial"])
        #expect(try listed("cloud") == CloudName.allCases.map(\.rawValue))
    }

    private static let good =
        #"{"command":"config get","cloud":null,"profile":null,"result":"ok","changed":false,"reason":null,"retry":false,"#
        + #""message":null,"causes":[],"hint":null,"key":"mqtt.bind.port","value":1883,"origin":"default"}"#

    @Test("an object that the schema allows has no problem")
    func allowed() { #expect(schema.problems(in: Self.good) == []) }

    @Test(
        "an object that differs from the schema in one place is refused",
        arguments: [
            (#""causes":[]"#, #""causes":null"#), (#""causes":[]"#, #""causes":[1]"#),
            (#""profile":null,"#, ""), (#""retry":false"#, #""retry":true"#), (#""retry":false"#, #""retry":0"#),
            (#""changed":false"#, #""changed":"false""#), (#""result":"ok""#, #""result":"failed""#),
            (#""result":"ok""#, #""result":"fine""#), (#""reason":null"#, #""reason":"wrong-usage""#),
            (#""reason":null"#, #""reason":"no-such-reason""#), (#""cloud":null"#, #""cloud":"gcp""#),
            (#""value":1883"#, #""value":{}"#), (#""origin":"default""#, #""origin":null,"more":1"#),
            (#","origin":"default""#, ""), (#""hint":null"#, #""hint":null,"steps":[]"#),
            (#""hint":null"#, #""hint":null,"dry_run":false"#), ("}", ""), ("}", "}{}"), ("{", "[{"),
        ])
    func refused(_ part: String, _ other: String) {
        let text = Self.good.replacing(part, with: other, maxReplacements: 1)
        #expect(text != Self.good)
        #expect(!schema.problems(in: text).isEmpty)
    }

    @Test("a dry run has its states in the object")
    func dryRun() {
        let state =
            #"{"settings":{"c8y.url":"a.b","mqtt.bind.port":null},"files":{"/etc/x":"text\n","/etc/y":null},"#
            + #""services":{"mosquitto":{"active":true,"enabled":null,"restarted":true}}}"#
        let text = Self.good.replacing(
            "}", with: #","dry_run":true,"diff":{"before":\#(state),"after":\#(state)}}"#)
        #expect(schema.problems(in: text) == [])
        #expect(schema.problems(in: text.replacing("\"restarted\":true", with: "\"restarted\":null")) != [])
        #expect(schema.problems(in: text.replacing("\"before\"", with: "\"former\"")) != [])
    }

    @Test("the object of bootstrap has a place for each run")
    func bootstrap() {
        let run =
            #"{"cloud":"c8y","profile":null,"device_id":"a","url":"a.b","register":"c8y-ca","result":"failed","#
            + #""changed":true,"reason":"enrolment-timeout","retry":true,"message":"m","causes":["m"],"hint":null,"#
            + #""steps":[{"id":"register","outcome":"failed","changed":false,"milliseconds":3}],"#
            + #""registration":{"url":"https://a.b","device_id":"a"}}"#
        let text =
            #"{"command":"bootstrap","cloud":"c8y","profile":null,"result":"failed","changed":true,"#
            + #""reason":"enrolment-timeout","retry":true,"message":"m","causes":["m"],"hint":null,"connections":[\#(run)]}"#
        #expect(schema.problems(in: text) == [])
        #expect(schema.problems(in: text.replacing("\"register\",\"out", with: "\"signing\",\"out")) != [])
    }

    @Test("a schema with a keyword that is not known is refused")
    func keywords() {
        #expect(throws: TestFailure.self) { try JSONSchema(#"{"type":"object","minProperties":1}"#) }
        #expect(throws: TestFailure.self) { try JSONSchema(#"{"properties":{"a":{"items":{"uniqueItems":true}}}}"#) }
        #expect(throws: Never.self) { try JSONSchema(#"{"properties":{"uniqueItems":{"type":"string"}}}"#) }
    }

    @Test("retry is true with the reasons that the article lists")
    func retry() throws {
        let project = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")
        let text = try String(contentsOfFile: "\(project)/Sources/tedge/tedge.docc/Reasons.md", encoding: .utf8)
        let begin = try #require(text.range(of: "It is true with these reasons:"))
        let paragraph = text[begin.upperBound...].drop { $0.isNewline }.prefix { $0 != "." }
        let words = paragraph.matches(of: /`([^`]+)`/).map { String($0.1) }
        #expect(words == ReasonID.allCases.filter(\.mayPass).map(\.rawValue))
        #expect(words.count > 20 && words.count < 60)
    }

    @Test("retry belongs to the reason, and is false if the command succeeded")
    func retryOfReport() {
        #expect(CommandReport.failed("x", reason: .configurationLocked, causes: ["a"]).retry)
        #expect(!CommandReport.failed("x", reason: .wrongUsage, causes: ["a"]).retry)
        #expect(!CommandReport.done("x", changed: true).retry)
    }
}
