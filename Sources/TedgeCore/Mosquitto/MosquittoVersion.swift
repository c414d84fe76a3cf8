/// The version of mosquitto on the device.
enum MosquittoVersion {
    /// How long mosquitto may take to print it.
    private static let timeout = Duration.seconds(3)

    /// The version, such as `2.0.11`; nil if it is unknown. mosquitto is not on the PATH of users other than root.
    ///
    /// mosquitto prints `mosquitto version 2.0.11` as the first line of its help, mosquitto(8).
    ///
    /// - Parameter program: The program that is asked first.
    static func text(
        _ processes: any Processes, _ interruption: Interruption, program: String? = nil
    ) -> String? {
        let prefix = "mosquitto version "
        let usual = ["mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"]
        for program in (program.map { [$0] } ?? []) + usual {
            let result: ProcessResult
            do throws(ProcessError) {
                result = try processes.ask([program, "-h"], within: timeout, interruption: interruption)
            } catch {
                if case .notFound = error { continue }
                if case .notStarted = error { continue }
                return nil
            }
            let lines = (result.output + result.error).split(separator: Character("\n"))
            if let line = lines.first(where: { $0.hasPrefix(prefix) }) {
                return String(line.dropFirst(prefix.utf8.count).prefix { $0 != " " })
            }
        }
        return nil
    }

    /// Whether a version such as `2.0.11` is older than another; a number that is missing counts as 0.
    static func isOlder(_ version: String, than other: (Int, Int, Int)) -> Bool {
        let numbers =
            version.split(separator: ".").map { Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0 } + [0, 0, 0]
        return (numbers[0], numbers[1], numbers[2]) < other
    }

    /// The version, asked at the first use and then remembered.
    final class Known {
        private var answer: String??

        /// Asks the mosquitto of this device.
        func text(in context: Context) -> String? {
            if let answer { return answer }
            let found = MosquittoVersion.text(
                context.processes, context.interruption, program: context.mosquittoUnit?.program)
            answer = found
            return found
        }
    }
}
