import Foundation
import TestSupport
import Testing

@testable import TedgeCore

extension SystemTests {
    /// The model of mosquitto's configuration against mosquitto itself, on random configurations.
    @Suite("the model of mosquitto") struct MosquittoModelTests {
        /// A generator whose numbers are the same in every run.
        private struct Numbers: RandomNumberGenerator {
            var state: UInt64
            mutating func next() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state >> 16 | state << 48
            }
        }

        /// The files of a configuration, by name. `DIR` stands for their directory.
        private func configuration(_ numbers: inout Numbers) -> [String: String] {
            var ports = [1884, 1885, 1886, 1887]
            var used: Set<String> = []
            func lines(_ most: Int) -> [String] {
                (0..<Int.random(in: 0...most, using: &numbers)).compactMap { _ in
                    let flag = Bool.random(using: &numbers)
                    switch Int.random(in: 0..<13, using: &numbers) {
                    case 0...2: return ports.popLast().map { "listener \($0)" }
                    case 3, 4: return "allow_anonymous \(flag)"
                    case 5: return used.insert("acl").inserted ? "acl_file DIR/acl" : nil
                    case 6: return used.insert("password").inserted ? "password_file DIR/passwords" : nil
                    case 7: return "per_listener_settings true"
                    case 8: return "max_connections 50"
                    case 9: return "max_qos \(flag ? 1 : 2)"
                    case 10: return "allow_zero_length_clientid \(flag)"
                    case 11: return used.insert("port").inserted && flag ? "port 1890" : nil
                    default: return "connection_messages \(flag)"
                    }
                }
            }
            var main = lines(4)
            main.insert("include_dir DIR/conf.d", at: Int.random(in: 0...main.count, using: &numbers))
            let files = ["conf.d/a.conf": lines(4), "conf.d/B.conf": lines(3), "main.conf": main]
            return files.mapValues { $0.map { "\($0)\n" }.joined() }
                .merging(["acl": "topic read allowed\n", "passwords": ""]) { $1 }
        }

        /// What the model says of a configuration below a directory, in the words of `broker-probe`.
        private func expectation(_ files: [String: String], _ directory: String, _ dialect: MosquittoDialect) -> String
        {
            var planned: [String: [UInt8]?] = [:]
            for (name, text) in files { planned["\(directory)/\(name)"] = Array(text.utf8) }
            let found = MosquittoFiles(main: "\(directory)/main.conf", files: SystemFiles(), planned: planned)
            let model = MosquittoModel(found.lines, dialect: dialect)
            guard model.refusals.isEmpty else { return "refused" }
            func text(_ port: UInt16, _ access: MosquittoModel.EffectiveAccess) -> String {
                let isLimited = access.rules.contains { $0.hasPrefix("acl_file") }
                return
                    "\(port):\(access.allowsAnonymous ? 1 : 0):\(access.allowsAnonymous ? isLimited ? "1" : "0" : "?")"
            }
            if model.isLocalOnly { return text(1883, model.localAccess) }
            return model.listeners.sorted { $0.port < $1.port }.map { text($0.port, model.access(of: $0)) }
                .joined(separator: ",")
        }

        @Test("what the model says of random configurations is what mosquitto does")
        func agrees() throws {
            let device = try Device.fresh()
            var numbers = Numbers(state: 12)
            var expected: [String: String] = [:]
            let version = try device.run([
                "sh", "-c", "mosquitto -h | sed -n 's/^mosquitto version \\([^ ]*\\).*/\\1/p'",
            ])
            let dialect = MosquittoDialect(version: version.stdout.trimmed)
            for index in 100..<160 {
                let files = configuration(&numbers)
                let directory = "\(device.cloudDirectory)/model/\(index)"
                for (name, text) in files {
                    let path = "\(directory)/\(name)"
                    try FileManager.default.createDirectory(
                        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                    try text.replacing("DIR", with: "/cloud/model/\(index)").write(
                        toFile: path, atomically: true, encoding: .utf8)
                }
                let inside = files.mapValues { $0.replacing("DIR", with: "/cloud/model/\(index)") }
                expected[String(index)] = expectation(inside, "/cloud/model/\(index)", dialect)
            }
            let script = try String(
                contentsOfFile: Device.tool.replacing("/device", with: "/Device/broker-probe"), encoding: .utf8)
            let probed = try device.run(
                ["python3", "-B", "-c", script, "/cloud/model"], timeout: .seconds(240))
            let seen = probed.stdout.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(seen.count == expected.count, "\(probed.stderr)")
            for words in seen where words.count == 2 {
                // A configuration can be refused for what this model knows nothing of.
                if words[1] == "refused", expected[words[0]] != "refused" { continue }
                #expect(expected[words[0]] == words[1], "configuration \(words[0])")
            }
            #expect(seen.count { $0.last != "refused" } > 30)
        }
    }
}
