import Testing

/// A configuration of mosquitto that it would not start with, and that a broker which runs has not read yet.
struct BrokerBreakage: CustomTestStringConvertible, Sendable {
    let name: String
    /// What `connect` says: whether the broker could not come back anyway, or not with our files.
    var reason = "mosquitto-cannot-restart"
    /// Whether it needs a main file with a `pid_file`, which that of Debian 13 and later has not.
    var needsPidFile = false
    /// Shell lines for a device on which mosquitto runs.
    let script: String
    /// Parts of what is printed.
    let words: [String]

    var testDescription: String { name }

    private static let certificate = """
        cd /etc/mosquitto/certs && openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x -days 9 \
        2>/dev/null && chown mosquitto k.pem

        """
    private static func listener(_ directory: String) -> String {
        """
        printf 'listener 1883\\nallow_anonymous true\\nlistener 8884\\nallow_anonymous true\\ncertfile %s/c.pem\\n\
        keyfile %s/k.pem\\n' \(directory) \(directory) >/etc/mosquitto/conf.d/tls.conf
        tedge config set mqtt.bind.enabled false
        systemctl restart mosquitto

        """
    }

    /// Those that gateways had, and those of public reports, whose numbers are of eclipse-mosquitto/mosquitto if no other
    /// repository is named.
    static let all = [
        BrokerBreakage(
            name: "the key of a listener is readable for root only (#3289)",
            script: certificate + listener("/etc/mosquitto/certs") + "chown root:root k.pem && chmod 600 k.pem",
            words: [
                "Unable to load server key file \"/etc/mosquitto/certs/k.pem\". Check keyfile.", "Permission denied",
                "Hint: Let mosquitto's user read /etc/mosquitto/certs/k.pem, which the line /etc/mosquitto/conf.d/tls.conf:6",
            ]),
        BrokerBreakage(
            name: "the directory of the certificates cannot be entered (#1972, #2320)",
            script: certificate + listener("/etc/mosquitto/certs") + "chmod 600 /etc/mosquitto/certs",
            words: ["Check certfile.", "Permission denied", "/etc/mosquitto/conf.d/tls.conf:5"]),
        BrokerBreakage(
            name: "certificate and key do not belong together (#2534)",
            script: certificate + listener("/etc/mosquitto/certs")
                + certificate.replacing("-out c.pem", with: "-out d.pem"),
            words: ["Check keyfile.", "key values mismatch", "Hint: Correct the line /etc/mosquitto/conf.d/tls.conf:6"]),
        BrokerBreakage(
            name: "the certificate is in a directory that the unit hides by now",
            script: certificate + "mkdir -p /home/tls && cp -p *.pem /home/tls\n" + listener("/home/tls")
                + """
                mkdir -p /run/systemd/system/mosquitto.service.d
                printf '[Service]\\nProtectHome=yes\\n' >/run/systemd/system/mosquitto.service.d/home.conf
                systemctl daemon-reload
                """,
            words: ["Unable to load server certificate \"/home/tls/c.pem\""]),
        BrokerBreakage(
            name: "the address of a listener has gone",
            script: """
                ip address add 10.99.0.77/32 dev eth0
                printf 'listener 1884 10.99.0.77\\nlistener 1883\\nallow_anonymous true\\n' >/etc/mosquitto/conf.d/lan.conf
                tedge config set mqtt.bind.enabled false
                systemctl restart mosquitto
                ip address del 10.99.0.77/32 dev eth0
                """,
            words: [
                "/etc/mosquitto/conf.d/lan.conf:1: mosquitto cannot listen on 10.99.0.77: Cannot assign requested address",
                "Hint: Correct the line /etc/mosquitto/conf.d/lan.conf:1, then run the command again.",
            ]),
        BrokerBreakage(
            name: "localhost has an address of version 6 that the device has not (thin-edge/thin-edge.io#823)",
            script: """
                echo '::1 localhost' >>/etc/hosts
                ip -6 address del ::1/128 dev lo
                printf 'listener 1884 localhost\\n' >/etc/mosquitto/conf.d/lan.conf
                """,
            words: ["/etc/mosquitto/conf.d/lan.conf:1: mosquitto cannot listen on ::1: Cannot assign requested address"]
        ),
        BrokerBreakage(
            name: "a second pid_file", needsPidFile: true,
            script: "echo 'pid_file /run/mosquitto/x' >/etc/mosquitto/conf.d/x.conf",
            words: [
                "Duplicate pid_file value", "Error found at /etc/mosquitto/conf.d/x.conf:1.",
                "The line that it clashes with is /etc/mosquitto/mosquitto.conf:6: pid_file",
            ]),
        BrokerBreakage(
            name: "the directory of the pid_file is missing (#2083)", needsPidFile: true,
            script: "sed -i 's|^pid_file.*|pid_file /run/mqtt/m.pid|' /etc/mosquitto/mosquitto.conf",
            words: [
                "/etc/mosquitto/mosquitto.conf:6: mosquitto cannot write its pid_file /run/mqtt/m.pid: No such file"
            ]),
        BrokerBreakage(
            name: "several blanks after include_dir",
            script: "sed -i 's/^include_dir /include_dir   /' /etc/mosquitto/mosquitto.conf",
            words: [
                "Unable to open include_dir '  /etc/mosquitto/conf.d'",
                "Correct the line /etc/mosquitto/mosquitto.conf:13",
            ]),
        BrokerBreakage(
            name: "the password file is root's (owntracks/quicksetup#67)",
            script: """
                install -m 440 /dev/null /etc/mosquitto/pw
                echo 'password_file /etc/mosquitto/pw' >/etc/mosquitto/conf.d/pw.conf
                """,
            words: ["Unable to open pwfile", "Let mosquitto's user read /etc/mosquitto/pw"]),
        BrokerBreakage(
            name: "the path of the password file is between quotes (#3041)",
            script: """
                install -o mosquitto -m 440 /dev/null /etc/mosquitto/pw
                echo 'password_file "/etc/mosquitto/pw"' >/etc/mosquitto/conf.d/pw.conf
                """,
            words: ["Unable to open pwfile \"\"/etc/mosquitto/pw\"\""]),
        BrokerBreakage(
            name: "the port of a listener is a word (#1806)",
            script: "echo 'listener port 1234' >/etc/mosquitto/conf.d/x.conf",
            words: ["/etc/mosquitto/conf.d/x.conf:1: mosquitto cannot make its socket 1234: Permission denied"]),
        BrokerBreakage(
            name: "there is no listener but one for websockets (#2284, #2578)", reason: "listener-unreachable",
            script: """
                printf 'listener 9001\\nprotocol websockets\\n' >/etc/mosquitto/conf.d/ws.conf
                tedge config set mqtt.bind.enabled false
                """,
            words: ["mosquitto would listen on *:9001.", "tedge config set mqtt.client.port"]),
        BrokerBreakage(
            name: "a file of its own for TLS opens the default listener (#2148)",
            reason: "listener-twice",
            script: certificate + "echo 'cafile /etc/mosquitto/certs/c.pem' >/etc/mosquitto/conf.d/02.conf",
            words: ["/etc/mosquitto/conf.d/02.conf:1", "Hint: Remove the line /etc/mosquitto/conf.d/02.conf:1"]),
        BrokerBreakage(
            name: "a setting of a listener without one opens the default listener (home-assistant/addons#4595)",
            reason: "listener-twice",
            script: "echo 'use_identity_as_username true' >/etc/mosquitto/conf.d/02.conf",
            words: ["/etc/mosquitto/conf.d/02.conf:1"]),
    ]
}
