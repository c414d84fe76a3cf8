import X509

/// The state of the device: what a person would ask for who cannot log in there.
extension BundleSource {
    /// Something that is collected as it is.
    private enum Item {
        /// What a program prints.
        case program([String])
        /// The lines of a file.
        case file(String)
    }

    /// What is collected, by the name of the file in the bundle.
    private func items() -> [(name: String, items: [Item])] {
        let directories = ["/etc/mosquitto", "/etc/mosquitto/conf.d", "/var/log/mosquitto", "/var/lib/mosquitto"]
        let packages = ["tedge*", "c8y*", "mosquitto*", "libmosquitto*", "libssl*", "openssl", "ca-certificates"]
        return [
            (
                "device/system.txt",
                [
                    .file("/etc/os-release"), .file("/proc/version"), .file("/proc/uptime"), .file("/proc/loadavg"),
                    .file("/proc/meminfo"), .program(["timedatectl"]),
                    .program(["ps", "-o", "pid,user,lstart,rss,args", "-C", "mosquitto,tedge-mapper,tedge-agent,tedge"]
                    ),
                ]
            ),
            (
                "device/disk.txt",
                [
                    .program(["df", "-P", "-k", "-l"]), .program(["df", "-P", "-i", "-l"]), .file("/proc/mounts"),
                    .program(["ls", "-lanR", context.configurationDirectory]),
                    .program(["ls", "-lan"] + directories.filter(context.files.exists)),
                ]
            ),
            (
                "device/network.txt",
                [
                    .program(["ip", "address"]), .program(["ip", "route"]), .program(["ip", "-6", "route"]),
                    .program(["ss", "-tlnp"]), .file("/etc/resolv.conf"), .file("/etc/hosts"),
                ]
            ),
            ("device/packages.txt", [.program(["dpkg-query", "--show"] + packages)]),
        ]
    }

    func device() -> BundlePart {
        var part = BundlePart()
        for (name, items) in items() {
            var text = ""
            if name == "device/system.txt" { text += clock() }
            if name == "device/network.txt" { text += addresses() }
            for item in items {
                switch item {
                case .program(let words): text += output(words, &part)
                case .file(let path):
                    do throws(FileError) {
                        let bytes = try context.files.read(path, limit: BundlePart.limit)
                        text += "== \(path) ==\n\(String(decoding: bytes, as: UTF8.self))\n"
                    } catch {
                        part.miss(error)
                    }
                }
            }
            part.add(name, text)
        }
        return part
    }

    private func clock() -> String {
        "tedge \(ProgramRelease.version)\nclock: \(RFC3339Date.text(context.now()))\n"
            + "user: \(context.accounts.caller.user)\(context.accounts.isRoot ? " (root)" : "")\n\n"
    }

    private func addresses() -> String {
        context.interfaces().map { "\($0.name): \($0.address.text)\n" }.joined() + "\n"
    }
}
