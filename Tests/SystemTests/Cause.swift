import TestSupport
import Testing

/// A cause of a connection that does not work.
struct Cause: CustomTestStringConvertible, Sendable {
    /// How it is mended.
    enum Mend: Sendable {
        /// By the command that the hint quotes.
        case hint
        /// By a step, of which the hint speaks in these words.
        case step(String, @Sendable (PreparedDevice) throws -> Void)
    }

    /// The id that programs see.
    let id: String
    var name: String?
    /// Whether the device is connected before.
    var isConnected = false
    /// Whether mosquitto runs before.
    var isBrokerAlive = true
    /// Whether the cloud trusts the device's certificate before.
    var isTrusted = true
    /// What is run; words up to `--` stand in front of tedge.
    var command = ["connect", "c8y", "--timeout", "2"]
    var status: Int32 = 4
    let inject: @Sendable (PreparedDevice) throws -> Void
    let mend: Mend

    var testDescription: String { name ?? id }

    private static let test = ["connect", "c8y", "--test", "--timeout", "2"]
    private static let doctor = ["doctor", "c8y"]

    static let all = cloud + certificates + broker + system

    private static let cloud = [
        Cause(
            id: "name-not-resolved",
            inject: { try $0.device.ask(["tedge", "config", "set", "c8y.url", "no-such-tenant.invalid"]) },
            mend: .step("tedge config get c8y.url") {
                try $0.device.ask(["tedge", "config", "set", "c8y.url", "example.cumulocity.com"])
            }),
        Cause(
            id: "port-closed", inject: { try $0.cloud.stop() },
            mend: .step("network and firewall") { _ = try DeviceCloud(on: $0.device) }),
        Cause(
            id: "packets-dropped", command: ["connect", "c8y", "--timeout", "2"],
            inject: { _ = try $0.device.runInCloud(["ip", "route", "add", "blackhole", "10.99.0.1/32"]) },
            mend: .step("network and firewall") {
                _ = try $0.device.runInCloud(["ip", "route", "del", "blackhole", "10.99.0.1/32"])
            }),
        Cause(
            id: "server-certificate-untrusted",
            inject: { try $0.device.ask(["tedge", "config", "unset", "c8y.root_cert_path"]) },
            mend: .step("tedge config set c8y.root_cert_path") {
                try $0.device.ask(["tedge", "config", "set", "c8y.root_cert_path", DeviceCloud.rootCertificate])
            }),
        Cause(
            id: "server-certificate-wrong-host",
            inject: { try $0.device.ask(["tedge", "config", "set", "c8y.url", "other.cumulocity.com"]) },
            mend: .step("tedge config get c8y.url") {
                try $0.device.ask(["tedge", "config", "set", "c8y.url", "example.cumulocity.com"])
            }),
        Cause(
            id: "server-certificate-expired", inject: { try $0.cloud.misbehave("expired:mqtt") },
            mend: .step("the cloud needs a new certificate") { try $0.cloud.misbehave("none") }),
        Cause(
            id: "cloud-silent", inject: { try $0.cloud.misbehave("silent") },
            mend: .step("tedge connect c8y --test") { try $0.cloud.misbehave("none") }),
        Cause(
            id: "other-tenant", inject: { try $0.cloud.misbehave("other-tenant") },
            mend: .step("ask the administrators of") { try $0.cloud.misbehave("none") }),
    ]

    private static let certificates = [
        Cause(id: "device-certificate-not-trusted", isTrusted: false, inject: { _ in }, mend: .hint),
        Cause(
            id: "certificate-expired", status: 1, inject: { try $0.makeCertificate(at: "2025-01-01 00:00:00") },
            mend: .step("tedge cert renew --ca self-signed") {
                try $0.device.ask(["tedge", "cert", "renew", "--ca", "self-signed"])
                try $0.device.ask(["env", "C8Y_PASSWORD=secret", "tedge", "cert", "upload", "c8y", "--user", "alice"])
            }),
        Cause(
            id: "certificate-not-yet-valid", status: 1, inject: { try $0.makeCertificate(at: "2036-01-01 00:00:00") },
            mend: .step("Set the clock") { try $0.makeCertificate(at: nil) }),
        Cause(
            id: "clock-wrong", name: "clock in 1970",
            command: ["faketime", "1970-01-02 00:00:00", "--", "connect", "c8y"],
            status: 1, inject: { _ in }, mend: .step("timedatectl set-ntp true") { _ in }),
        Cause(
            id: "key-mismatch", status: 1,
            inject: {
                try $0.device.ask([
                    "sh", "-c",
                    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out /tmp/key && cp -f /tmp/key "
                        + PreparedDevice.key,
                ])
            }, mend: .step("tedge config set device.cert_path") { try $0.makeCertificate(at: nil) }),
        Cause(
            id: "key-unreadable-for-mosquitto", isConnected: true, command: doctor, status: 1,
            inject: { try $0.device.ask(["chown", "root:root", PreparedDevice.key]) }, mend: .hint),
        Cause(
            id: "key-unreadable-for-mosquitto", name: "directory closed", status: 1,
            inject: { try $0.device.ask(["sh", "-c", "d=/etc/tedge/device-certs; chown root:root $d; chmod 700 $d"]) },
            mend: .hint),
    ]

    private static let broker = [
        Cause(
            id: "mosquitto-not-running", isConnected: true, command: test, status: 1,
            inject: { try $0.device.ask(["systemctl", "stop", "mosquitto"]) }, mend: .hint),
        Cause(
            id: "mosquitto-configuration-rejected", isBrokerAlive: false, status: 1,
            inject: {
                try $0.device.write("frobnicate true\n", to: "/etc/mosquitto/conf.d/mine.conf")
            }, mend: .step("Correct the line") { try $0.device.remove("/etc/mosquitto/conf.d/mine.conf") }),
        Cause(
            id: "mosquitto-cannot-restart", status: 1,
            inject: {
                try $0.device.write("frobnicate true\n", to: "/etc/mosquitto/conf.d/mine.conf")
            }, mend: .step("Correct the line") { try $0.device.remove("/etc/mosquitto/conf.d/mine.conf") }),
        Cause(
            id: "port-held", isBrokerAlive: false, status: 1,
            inject: {
                try $0.device.ask([
                    "systemd-run", "--quiet", "--unit=holder", "/usr/bin/python3", "-m", "http.server", "1883",
                ])
                try $0.device.ask(["sh", "-c", "until ss -Hltn 'sport = :1883' | grep -q .; do sleep 0.02; done"])
            }, mend: .step("End that program") { try $0.device.ask(["systemctl", "stop", "holder"]) }),
        Cause(
            id: "listener-twice", status: 1,
            inject: {
                try $0.device.write("listener 1883\nallow_anonymous true\n", to: "/etc/mosquitto/conf.d/mine.conf")
                try $0.device.ask(["systemctl", "restart", "mosquitto"])
            },
            mend: .step("tedge config set mqtt.bind.enabled false") {
                try $0.device.ask(["tedge", "config", "set", "mqtt.bind.enabled", "false"])
            }),
        Cause(
            id: "include-line-missing", isConnected: true, command: test, status: 1,
            inject: {
                try $0.device.ask(["sh", "-c", "rm /etc/mosquitto/conf.d/tedge-*.conf"])
                try $0.device.ask(["systemctl", "restart", "mosquitto"])
            }, mend: .hint),
        Cause(
            id: "bridge-file-differs", isConnected: true, command: test, status: 1,
            inject: {
                try $0.device.ask([
                    "sed", "-i", "s/^address .*/address example.cumulocity.com:1/", PreparedDevice.bridge,
                ])
                try $0.device.ask(["systemctl", "restart", "mosquitto"])
            }, mend: .hint),
    ]

    private static let system = [
        Cause(
            id: "mosquitto-masked", status: 1, inject: { try $0.device.ask(["systemctl", "mask", "mosquitto"]) },
            mend: .hint),
        Cause(
            id: "mosquitto-masked", name: "masked and stopped", isConnected: true, isBrokerAlive: false,
            command: doctor,
            status: 1, inject: { try $0.device.ask(["systemctl", "mask", "--now", "mosquitto"]) }, mend: .hint),
        Cause(
            id: "mosquitto-masked", name: "masked until the next boot", status: 1,
            inject: { try $0.device.ask(["systemctl", "mask", "--runtime", "mosquitto"]) }, mend: .hint),
        Cause(
            id: "agent-failed", isConnected: true, command: doctor, status: 1,
            inject: { try $0.device.ask(["systemctl", "kill", "--signal=KILL", "tedge-agent"]) }, mend: .hint),
        Cause(
            id: "mapper-failed",
            inject: {
                try $0.device.write(
                    "[Service]\nType=simple\nExecStart=\nExecStart=/bin/sh -c 'echo it is broken; exit 1'\n",
                    to: "/run/systemd/system/tedge-mapper-c8y.service.d/broken.conf")
                try $0.device.ask(["systemctl", "daemon-reload"])
            },
            mend: .step("systemctl restart tedge-mapper-c8y") {
                try $0.device.remove("/run/systemd/system/tedge-mapper-c8y.service.d")
                try $0.device.ask(["systemctl", "daemon-reload"])
                try $0.device.ask(["systemctl", "restart", "tedge-mapper-c8y"])
            }),
        Cause(
            id: "disk-full",
            command: mounted(
                "mount -t tmpfs -o size=64k none /etc/tedge/mosquitto-conf; "
                    + "head -c 65536 /dev/zero >/etc/tedge/mosquitto-conf/filler; "), status: 1,
            inject: { try $0.device.ask(["tedge", "init"]) }, mend: .step("df /etc/tedge/mosquitto-conf") { _ in }),
        Cause(
            id: "read-only-file-system",
            command: mounted("mount --bind /etc/tedge /etc/tedge; mount -o remount,bind,ro /etc/tedge; "), status: 1,
            inject: { try $0.device.ask(["tedge", "init"]) }, mend: .step("mount -o remount,rw") { _ in }),
        Cause(
            id: "service-manager-unavailable", command: mounted("mount -t tmpfs none /run; "), inject: { _ in },
            mend: .step("Start or restart mosquitto") { try $0.device.ask(["tedge", "disconnect", "c8y"]) }),
    ]

    /// A connect that sees other mounts than the rest of the device.
    private static func mounted(_ mounts: String) -> [String] {
        ["unshare", "--mount", "sh", "-c", mounts + "exec \"$@\"", "sh", "--", "connect", "c8y", "--timeout", "2"]
    }
}

extension PreparedDevice {
    /// Makes another certificate that the cloud trusts, by a clock that says something else where a time is given.
    func makeCertificate(at time: String?) throws {
        _ = try device.run(["tedge", "cert", "remove"])
        let clock = time.map { ["faketime", $0] } ?? []
        try device.ask(clock + ["tedge", "cert", "create", "--device-id", "gateway-1"])
        try cloud.trust(try device.text(Self.certificate))
    }
}
