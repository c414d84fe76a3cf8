/// The version of mosquitto on the device.
enum MosquittoVersion {
    /// Runs the program that is named, else mosquitto, which stands outside the PATH of users who are not root; nil where there is none.
    static func run(
        _ arguments: [String], _ processes: any Processes, _ interruption: Interruption, program: String? = nil
    ) -> ProcessResult? {
        for program in (program.map { [$0] } ?? []) + ["mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"]
        {
            if let result = try? processes.run([program] + arguments, interruption: interruption) { return result }
        }
        return nil
    }

    /// The version, such as `2.0.11`; nil where there is no mosquitto or it does not say.
    ///
    /// mosquitto prints `mosquitto version 2.0.11` as the first line of its help, mosquitto(8).
    static func text(
        _ processes: any Processes, _ interruption: Interruption, program: String? = nil
    ) -> String? {
        guard let result = run(["-h"], processes, interruption, program: program) else { return nil }
        let prefix = "mosquitto version "
        let lines = (result.output + result.error).split(separator: Character("\n"))
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.utf8.count).prefix { $0 != " " }) }
    }

    /// The first number of the version.
    static func major(
        _ processes: any Processes, _ interruption: Interruption, program: String? = nil
    ) -> Int? {
        text(processes, interruption, program: program).flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
    }
}
