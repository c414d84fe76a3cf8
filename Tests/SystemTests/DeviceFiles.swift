/// Files as a program inside the device sees them: symbolic links and names of users are the device's.
extension Device {
    /// The content of a file; throws ``DeviceError`` when it cannot be read.
    func text(_ path: String) throws -> String {
        try ask(["cat", "--", path])
    }

    /// Writes a file, making directories as needed; `owner` is `user:group`.
    func write(_ text: String, to path: String, mode: String = "644", owner: String = "root:root") throws {
        let script = #"mkdir -p "$(dirname "$1")" && cat >"$1" && chown "$3" "$1" && chmod "$2" "$1""#
        try ask(["sh", "-c", script, "sh", path, mode, owner], input: text)
    }

    /// Whether something is at that path; a symbolic link that leads nowhere counts.
    func exists(_ path: String) throws -> Bool {
        try run(["sh", "-c", #"[ -e "$1" ] || [ -L "$1" ]"#, "sh", path]).status == 0
    }

    /// The permission bits in octal, such as `644`.
    func mode(_ path: String) throws -> String {
        try ask(["stat", "-c", "%a", "--", path]).trimmed
    }

    /// The owner as `user:group`.
    func owner(_ path: String) throws -> String {
        try ask(["stat", "-c", "%U:%G", "--", path]).trimmed
    }

    /// The names in a directory, sorted.
    func names(in path: String) throws -> [String] {
        try ask(["ls", "-A", "--", path]).split(separator: "\n").map(String.init)
    }

    /// Removes a file or a directory with all in it; nothing happens where there is none.
    func remove(_ path: String) throws {
        try ask(["rm", "-rf", "--", path])
    }

    /// What `systemctl is-active` says of a unit, such as `active` or `inactive`.
    func activity(of unit: String) throws -> String {
        try run(["systemctl", "is-active", unit]).stdout.trimmed
    }

    /// What `systemctl is-enabled` says of a unit, such as `enabled` or `disabled`; empty where there is no such unit.
    func enablement(of unit: String) throws -> String {
        let said = try run(["systemctl", "is-enabled", unit]).stdout.trimmed
        // systemd 256 and later say so on standard output.
        return said == "not-found" ? "" : said
    }

    /// Runs a command that must succeed and returns what it printed.
    ///
    /// - Throws: ``DeviceError`` with what the command said.
    @discardableResult
    func ask(_ words: [String], input: String = "") throws -> String {
        let outcome = try run(words, input: input)
        guard outcome.status == 0 else {
            let command = words.joined(separator: " ")
            throw DeviceError(said: "\(command): status \(outcome.status): \(outcome.stderr.trimmed)")
        }
        return outcome.stdout
    }
}
