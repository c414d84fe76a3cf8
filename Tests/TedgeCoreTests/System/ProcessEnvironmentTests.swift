import Foundation
import Glibc
import Testing

@testable import TedgeCore

@Suite struct ProcessEnvironmentTests {
    @Test("the environment is that which Foundation sees")
    func same() {
        let expected = ProcessInfo.processInfo.environment
        for (name, value) in ProcessEnvironment.variables { #expect(expected[name] == value) }
        #expect(ProcessEnvironment.variables["PATH"] == expected["PATH"])
    }

    @Test(
        "of a name that is given twice the first value counts; a word without '=' is left out",
        arguments: [
            ["A=1", "B=", "A=2", "C=x=y", "nothing", "=strange"]
        ])
    func words(_ words: [String]) {
        var list = words.map { strdup($0) } + [nil]
        defer { for word in list { free(word) } }
        #expect(ProcessEnvironment.read(&list) == ["A": "1", "B": "", "C": "x=y", "": "strange"])
        #expect(ProcessEnvironment.read(nil).isEmpty)
    }
}
