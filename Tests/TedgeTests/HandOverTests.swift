@testable import ArgumentParsing
import Testing

@testable import TedgeCore
@testable import tedge

/// What is for thin-edge.io's program.
@Suite struct HandOverTests {
    @Test(
        "a command of thin-edge.io is handed over, wherever global options stand",
        arguments: [
            ("run tedge-mapper c8y", "tedge run"), ("--config-dir /tmp/run http get /x", "tedge http"),
            ("--config-dir=/x upload c8y", "tedge upload"), ("--debug --log-level info flows test", "tedge flows"),
            ("mapper list", "tedge mapper"), ("bridge inspect", "tedge bridge"), ("hsm x", "tedge hsm"),
            ("--json -V run", "tedge run"),
        ])
    func commands(line: String, meant: String) {
        #expect(HandOver.meant(name: "tedge", line.split(separator: " ").map(String.init)) == meant)
    }

    @Test(
        "our commands are not, also if a word is the name of one of theirs",
        arguments: [
            "", "connect c8y", "config get run", "mqtt pub run http", "--help", "--config-dir run connect c8y",
            "-- run",
            "connect run", "help run",
        ])
    func ours(line: String) {
        #expect(HandOver.meant(name: "tedge", line.split(separator: " ").map(String.init)) == nil)
    }

    @Test(
        "under the name of a component all words are for thin-edge.io's program", arguments: ThinEdgeProgram.components)
    func components(name: String) {
        #expect(HandOver.meant(name: name, ["connect", "c8y"]) == name)
        #expect(HandOver.meant(name: name, []) == name)
    }

    @Test("no command of ours is handed over")
    func commandTable() {
        let ours = Program.parser.description.subcommands.map(\.name)
        #expect(ThinEdgeProgram.commands.isDisjoint(with: ours))
    }
}
