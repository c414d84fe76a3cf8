import TestSupport
import Testing

extension SystemTests {
    /// What lies below a device's own files: this machine's root, or that of another release.
    @Suite("the root of a device") struct DeviceRootTests {
        @Test("the programs of the device are those of the root that was asked for")
        func release() throws {
            let look = """
                cat /etc/os-release; mosquitto -h | head -n 1; systemctl --version | head -n 1; openssl version
                dpkg-query --show mosquitto libmosquitto1 systemd libc6
                """
            let below = try runChild(["chroot", Device.root, "sh", "-c", look]).stdout
            #expect(below.contains("\nmosquitto version ") && below.contains("\nsystemd "))
            let device = try Device(tedge: "/bin/true")
            #expect(try device.ask(["sh", "-c", look]) == below)
        }

        @Test("nothing that is done in a device reaches the root that it is made from, nor this machine")
        func untouched() throws {
            let before = try belowDevices()
            let device = try Device(tedge: "/bin/true")
            try device.ask([
                "sh", "-ec",
                """
                mount -o remount,rw / && chmod 700 /etc/mosquitto && echo "# more" >>/etc/passwd
                rm -r /etc/systemd/system /usr/lib/systemd/system/mosquitto.service && mv /usr/bin/openssl /usr/bin/opened
                touch /etc/new /usr/bin/new /var/lib/mosquitto/new && setfattr -n user.new -v 1 /etc/hosts 2>/dev/null || true
                test ! -e /.host && test -e /etc/new && systemctl daemon-reload && systemctl stop dbus
                """,
            ])
            try device.reset()
            device.down()
            #expect(try belowDevices().symmetricDifference(before) == [])
        }

        @Test("a root that is empty or not there is refused, with what is missing")
        func incomplete() throws {
            let root = try runChild(["mktemp", "-d"]).stdout.trimmed
            defer { _ = try? runChild(["rm", "-rf", root]) }
            let error = #expect(throws: DeviceError.self) { try Device.command(["check", "--root", root]) }
            #expect(error?.said == "setpriv is missing in \(root); run: chroot \(root) apt-get install util-linux")
            let nothing = #expect(throws: DeviceError.self) { try Device.command(["check", "--root", "\(root)/none"]) }
            #expect(nothing?.said == "\(root)/none: no such directory")
        }

        @Test("a root that was left half made, or lacks a package, is not taken for one")
        func whole() throws {
            let tool = String(Device.tool.dropLast("device".count)) + "Releases/root"
            let directory = try runChild(["mktemp", "-d"]).stdout.trimmed
            defer { _ = try? runChild(["rm", "-rf", directory]) }
            let script = """
                mkdir -p "$0/Tests/SystemTests/Releases" && cp "$1" "$0/Tests/SystemTests/Releases"
                root=$0/.build/releases/trixie && mkdir -p "$root/var/lib/dpkg"
                eval "$(grep '^packages' "$1")"
                for package in $packages; do
                    printf 'Package: %s\\nStatus: install ok installed\\nVersion: 1\\nArchitecture: all\\n' "$package"
                    printf 'Maintainer: none\\nDescription: none\\n\\n'
                done >"$root/var/lib/dpkg/status"
                look() { "$0/Tests/SystemTests/Releases/root" --ready trixie || echo no; }
                look
                mkdir "$root/debootstrap" && look && rmdir "$root/debootstrap" && look
                sed -i '0,/ok installed/s//ok half-installed/' "$root/var/lib/dpkg/status" && look
                sed -i 's/half-installed/installed/; /^Package: mosquitto$/,/^$/d' "$root/var/lib/dpkg/status" && look
                mv "$root" "$root.unfinished" && look
                """
            let outcome = try runChild(["bash", "-ec", script, directory, tool])
            let root = "\(directory)/.build/releases/trixie"
            let answers = [root, "no", root, "no", "no", "no"].map { "\($0)\n" }.joined()
            #expect(outcome.stdout == answers, "\(outcome.stderr)")
        }

        /// Everything where a device's commands write, in the root that devices are made from and on this machine: what each
        /// file is, its size, its owner, and when it or its attributes changed.
        private func belowDevices() throws -> Set<String> {
            let places = ["etc", "usr/bin", "usr/lib/systemd", "var/lib/mosquitto"]
            let paths = places.map { "\(Device.root)/\($0)" } + ["/etc", "/usr/lib/systemd/system", "/usr/bin/tedge"]
            let listing = try runChild(["find"] + paths + ["-printf", "%p %i %M %u:%g %s %T@ %C@ %l\\n"]).stdout
            return Set(listing.split(separator: "\n").map(String.init))
        }
    }
}
