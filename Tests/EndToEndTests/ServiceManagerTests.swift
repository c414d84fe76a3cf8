import Glibc
import TestSupport
import Testing

/// Service managers other than systemd, with the samples that the article shows.
@Suite("service managers", .serialized) struct ServiceManagerTests {
    /// A sample, and what its programs are told by a connect and a disconnect.
    struct Sample: CustomTestStringConvertible, Sendable {
        let file: String
        let name: String
        /// Paths of the sample, and where they are in a test's gateway.
        let places: [(path: String, place: String)]
        let connect: [String]
        let disconnect: [String]
        var testDescription: String { name }

        /// The text of the sample as the article has it.
        var text: String { contents(of: ServiceManagerTests.directory + "\(file).toml") }
    }

    static let directory = String(#filePath.dropLast("ServiceManagerTests.swift".count)) + "ServiceManagers/"

    static let samples = [
        Sample(
            file: "openrc", name: "OpenRC", places: [("/sbin/", "bin/")],
            connect: [
                "rc-service -l", "rc-service mosquitto status", "rc-service mosquitto restart",
                "rc-update add mosquitto", "rc-service tedge-mapper-c8y status", "rc-service tedge-mapper-c8y start",
                "rc-update add tedge-mapper-c8y", "rc-service -l", "rc-service tedge-mapper-c8y status",
            ],
            disconnect: [
                "rc-service -l", "rc-service mosquitto status", "rc-service mosquitto restart",
                "rc-service tedge-mapper-c8y status", "rc-service tedge-mapper-c8y stop",
                "rc-update delete tedge-mapper-c8y",
            ]),
        // What asks whether a service runs, enables and disables is grep and find, on the directories of runit.
        Sample(
            file: "runit", name: "runit",
            places: [("/etc/sv", "services/sv"), ("/var/service", "services/service")],
            connect: [
                "pgrep -x runsvdir", "sv restart mosquitto", "sv start tedge-mapper-c8y", "pgrep -x runsvdir",
            ],
            disconnect: ["pgrep -x runsvdir", "sv restart mosquitto", "sv stop tedge-mapper-c8y"]),
        Sample(
            file: "s6", name: "s6",
            places: [("/run/service", "services/service"), ("/etc/s6/adminsv/default/contents.d", "services/default")],
            connect: [
                "s6-rc -a list", "s6-svwait -u -t 100 mosquitto", "s6-svc -wr -T 10000 -ru mosquitto",
                "s6-svwait -u -t 100 tedge-mapper-c8y", "s6-rc -u change tedge-mapper-c8y", "s6-rc -a list",
                "s6-svwait -u -t 100 tedge-mapper-c8y",
            ],
            disconnect: [
                "s6-rc -a list", "s6-svwait -u -t 100 mosquitto", "s6-svc -wr -T 10000 -ru mosquitto",
                "s6-svwait -u -t 100 tedge-mapper-c8y", "s6-rc -d change tedge-mapper-c8y",
            ]),
    ]

    /// A gateway whose services the programs of a sample drive, and its cloud.
    private struct Managed {
        let cloud: StandInCloud
        let gateway: Gateway
        let services: String

        init(_ sample: Sample) throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            services = "\(gateway.directory)/services"
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            let make = """
                cd "$0"; cd services
                mkdir -p default
                for service in mosquitto tedge-mapper-c8y; do
                    mkdir -p sv/$service/supervise sv/$service/log/supervise service
                    echo run >sv/$service/log/supervise/stat
                    echo down >sv/$service/supervise/stat
                    touch sv/$service/down
                    ln -s ../sv/$service service/$service
                done
                for name in rc-service rc-update sv pgrep s6-rc s6-svc s6-svwait; do
                    ln -s "$1" ../bin/$name
                done
                """
            let made = try ChildProcess.run("sh", ["-ec", make, gateway.directory, directory + "programs"])
            guard made.exit == .status(0) else { throw TestFailure(made.errors) }
            let text = sample.places.reduce(sample.text) { text, one in
                text.replacing(one.path, with: "\(gateway.directory)/\(one.place)")
            }
            try write(text, to: gateway.path("system.toml"))
        }

        /// Runs `tedge`, and returns how it ended and what the programs were told.
        func tedge(_ words: String...) throws -> (outcome: Outcome, words: [String]) {
            try write("", to: "\(services)/words")
            let outcome = try gateway.run(words, environment: ["SERVICES": services])
            return (outcome, contents(of: "\(services)/words").split(separator: "\n").map(String.init))
        }

        /// Whether a service is started with the device, by the means of each of the service managers.
        func isEnabled(_ service: String) -> [Bool] {
            [
                access("\(services)/\(service).enabled", F_OK) == 0,
                access("\(services)/sv/\(service)/down", F_OK) != 0,
                access("\(services)/default/\(service)", F_OK) == 0,
            ]
        }
    }

    @Test("the sample connects, tests and disconnects, with the words that its programs take", arguments: samples)
    func sample(_ sample: Sample) throws {
        let managed = try Managed(sample)
        let gateway = managed.gateway
        let connect = try managed.tedge("connect", "c8y")
        #expect(
            connect.outcome
                == Outcome(
                    status: 0,
                    output: try page("connect").output.replacing("if systemd is", with: "if \(sample.name) is")))
        #expect(connect.words == sample.connect)
        #expect(gateway.running == ["mosquitto", "tedge-mapper-c8y"])
        #expect(managed.isEnabled("mosquitto").count { $0 } == 1)
        #expect(managed.isEnabled("tedge-mapper-c8y") == managed.isEnabled("mosquitto"))

        let test = try managed.tedge("connect", "c8y", "--test")
        #expect(test.outcome.status == 0 && test.words == [])
        let doctor = try managed.tedge("doctor", "c8y")
        #expect(doctor.outcome.status == 0)
        #expect(doctor.outcome.output.contains("ok       service-manager: \(sample.name)\n"))
        #expect(doctor.outcome.output.contains("ok       mapper-running: tedge-mapper-c8y\n"))

        let disconnect = try managed.tedge("disconnect", "c8y")
        #expect(disconnect.outcome == Outcome(status: 0, try page("disconnect")))
        #expect(disconnect.words == sample.disconnect)
        #expect(gateway.running == ["mosquitto"])
        #expect(!managed.isEnabled("tedge-mapper-c8y").contains(true))
        #expect(try managed.tedge("connect", "c8y").outcome.status == 0)
    }

    @Test("a mosquitto that does not run is started, also where it was stopped", arguments: samples)
    func stoppedMosquitto(_ sample: Sample) throws {
        let managed = try Managed(sample)
        #expect(try managed.tedge("connect", "c8y", "--offline").outcome.status == 0)
        _ = try ChildProcess.run(Gateway.services, [managed.services, "stop", "mosquitto"])
        try write("down\n", to: "\(managed.services)/sv/mosquitto/supervise/stat")
        #expect(try managed.tedge("disconnect", "c8y").outcome.status == 0)
        #expect(managed.gateway.running == [])
        #expect(try managed.tedge("connect", "c8y").outcome.status == 0)
        #expect(managed.gateway.running == ["mosquitto", "tedge-mapper-c8y"])
    }

    @Test("the article on service managers shows exactly these samples", arguments: samples)
    func readme(_ sample: Sample) {
        let block = sample.text.split(separator: "\n").map { "    \($0)\n" }.joined()
        #expect(
            contents(of: packageDirectory + "/Sources/tedge/tedge.docc/ServiceManagers.md").contains("\n\n\(block)\n"))
    }
}
