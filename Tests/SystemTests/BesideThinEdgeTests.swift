import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// Our package and stand-ins of thin-edge.io's, which have its file lists and do in their scripts what its scripts do.
    @Suite("beside thin-edge.io's packages") struct BesideThinEdgeTests {
        private static let theirs = ["tedge", "tedge-mapper", "tedge-agent"]

        enum Order: CaseIterable, Sendable { case oursFirst, theirsFirst }

        private static func files(_ version: String = "2.0.1") throws -> [String] {
            let machine = try runChild(["dpkg", "--print-architecture"]).stdout.trimmed
            return theirs.map { "./\($0)_\(version)_\(machine).deb" }
        }

        private func gateway(_ order: Order) throws -> PackageDevice {
            let gateway = try PackageDevice(mapper: .none, agent: false)
            try gateway.addThinEdge()
            switch order {
            case .oursFirst:
                try gateway.apt("install", Package.file)
                try gateway.apt(["install"] + Self.files())
            case .theirsFirst:
                try gateway.apt(["install"] + Self.files())
                try gateway.apt("install", Package.file)
            }
            return gateway
        }

        @Test("both are installed, ours is the command, and theirs has what is not ours", arguments: Order.allCases)
        func handOver(order: Order) throws {
            let gateway = try gateway(order)
            let device = gateway.device
            let version = try device.ask(["tedge", "--version"])
            #expect(!version.contains("thin-edge"))
            let copied = try device.run(["tedge", "run", "copy", "a b", "--json"], input: "in\nout")
            #expect(
                copied
                    == Outcome(status: 7, stdout: "thin-edge.io tedge <run> <copy> <a b> <--json>\nin\nout", stderr: "")
            )
            for command in ["http", "upload", "flows", "mapper", "bridge", "hsm"] {
                #expect(try device.ask(["tedge", command, "-x"]) == "thin-edge.io tedge <\(command)> <-x>\n")
            }
            for name in ["tedge-mapper", "tedge-agent", "tedge-write", "tedge_mapper"] {
                #expect(try device.ask([name, "c8y"]) == "thin-edge.io \(name) <c8y>\n")
            }
            #expect(try device.ask(["tedge", "config", "get", "software.plugin.default"]) == "apt\n")
            #expect(try device.ask(["tedge", "help"]).contains("refresh-bridges"))
            let shared =
                "dpkg -L tedge tedge-mapper tedge-agent | sort -u >/tmp/theirs; dpkg -L tedge-swift | sort -u >/tmp/ours"
            try device.ask(["sh", "-c", shared])
            let both = #"comm -12 /tmp/theirs /tmp/ours | while read -r path; do [ -d "$path" ] || echo "$path"; done"#
            #expect(try device.ask(["sh", "-c", both]) == "/usr/bin/tedge\n")
        }

        @Test("the connection starts their mapper and agent, which survive their upgrade", arguments: Order.allCases)
        func connection(order: Order) throws {
            let gateway = try gateway(order)
            try gateway.connect()
            #expect(try gateway.device.activity(of: "tedge-mapper-c8y") == "active")
            #expect(try gateway.device.activity(of: "tedge-agent") == "active")
            let broker = try gateway.broker()
            try gateway.addThinEdge(version: "2.0.2")
            try gateway.apt(["install"] + Self.files("2.0.2"))
            #expect(try gateway.broker() == broker)
            #expect(gateway.isConnected())
            #expect(try gateway.device.ask(["tail", "-c", "5", "/usr/lib/thin-edge.io/tedge"]) == "2.0.2")
            #expect(try gateway.device.ask(["tedge", "run", "x"]) == "thin-edge.io tedge <run> <x>\n")
            try gateway.apt(["install", "--reinstall"] + Self.files("2.0.2"))
            #expect(gateway.isConnected())
        }

        @Test("a removal of ours gives the old command back, links included; a purge leaves the settings")
        func removal() throws {
            let gateway = try PackageDevice(mapper: .none, agent: false)
            try gateway.addThinEdge()
            try gateway.apt(["install"] + Self.files())
            let look = "sha256sum /usr/bin/tedge; find /usr/bin -name 'tedge*' -printf '%p %l %m %u\\n' | sort"
            let before = try gateway.device.ask(["sh", "-c", look])
            try gateway.apt("install", Package.file)
            try gateway.connect()
            try gateway.apt("remove", "tedge-swift")
            #expect(try gateway.device.ask(["sh", "-c", look]) == before)
            #expect(try gateway.device.ask(["tedge-mapper", "c8y"]) == "thin-edge.io tedge-mapper <c8y>\n")
            #expect(try gateway.device.ask(["dpkg", "-V", "tedge"]) == "")
            try gateway.apt("purge", "tedge-swift")
            #expect(try gateway.device.ask(["sh", "-c", look]) == before)
            #expect(try gateway.device.exists(PreparedDevice.key))
            #expect(try !gateway.device.exists("/usr/lib/thin-edge.io"))
        }

        @Test("a removal of theirs leaves our command, the settings and the bridge, and the danger of a purge is said")
        func removalOfTheirs() throws {
            let gateway = try gateway(.theirsFirst)
            try gateway.connect()
            #expect(try gateway.apt("remove", "tedge").contains("DO NOT PURGE"))
            #expect(gateway.isConnected())
            let outcome = try gateway.device.run(["tedge", "run", "x"])
            #expect(outcome.status == 2)
            #expect(outcome.stderr.contains("belongs to thin-edge.io"))
            let said = try gateway.apt("install", "--reinstall", Package.file)
            #expect(said.contains("DO NOT PURGE"))
            // What it does take is not ours.
            try gateway.apt("purge", "tedge")
            // Some images leave out documents when they install a package.
            let changes = "dpkg -V tedge-swift | grep -v -e ' /usr/share/doc/' -e ' /usr/share/man/'"
            #expect(try gateway.device.run(["sh", "-c", changes]).stdout == "")
        }

        @Test("'make install' refuses to hide or replace the command of a package, and says what to do")
        func installation() throws {
            let gateway = try PackageDevice(mapper: .none, agent: false)
            let script = try String(
                contentsOfFile: "\(packageDirectory)/Sources/Packaging/may-install", encoding: .utf8)
            func answer(_ path: String) throws -> Outcome {
                try gateway.device.run(["sh", "-s", "--", path], input: script)
            }
            #expect(try answer("/usr/local/bin/tedge") == Outcome(status: 0, stdout: "", stderr: ""))
            try gateway.addThinEdge()
            try gateway.apt(["install"] + Self.files())
            let hidden = try answer("/usr/local/bin/tedge")
            #expect(hidden.status == 1)
            #expect(
                hidden.stderr.hasPrefix(
                    "/usr/bin/tedge of the package 'tedge' would be hidden by /usr/local/bin/tedge.\n"))
            #expect(try answer("/usr/bin/tedge").stderr.hasPrefix("/usr/bin/tedge belongs to the package 'tedge'.\n"))
            // As thin-edge.io's archive without packages installs it.
            try gateway.device.ask(["mv", "/usr/bin/tedge", "/usr/local/bin/tedge"])
            let foreign = try answer("/usr/local/bin/tedge")
            #expect(foreign.status == 1)
            #expect(foreign.stderr.hasPrefix("/usr/local/bin/tedge is a tedge that is not of this project.\n"))
            try gateway.device.remove("/usr/local/bin/tedge")
            try gateway.apt("install", Package.file)
            #expect(try answer("/usr/local/bin/tedge").stderr.hasPrefix("/usr/bin/tedge of the package 'tedge-swift'"))
            // An executable of this project may be replaced.
            try gateway.device.ask(["cp", "/usr/bin/tedge", "/usr/local/bin/tedge"])
            try gateway.apt("purge", "tedge-swift")
            try gateway.device.remove("/usr/bin/tedge")
            #expect(try answer("/usr/local/bin/tedge") == Outcome(status: 0, stdout: "", stderr: ""))
        }
    }
}
