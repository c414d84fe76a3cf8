/// The version of mosquitto on the device.
enum MosquittoVersion {
    /// The first number of the version; nil where there is no mosquitto or it does not say.
    ///
    /// mosquitto prints `mosquitto version 2.0.11` as the first line of its help, mosquitto(8). It stands outside the PATH
    /// of users who are not root.
    static func major(_ processes: any Processes, _ interruption: Interruption) -> Int? {
        for program in ["mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"] {
            guard let result = try? processes.run([program, "-h"], interruption: interruption) else { continue }
            return major(in: result.output + result.error)
        }
        return nil
    }

    private static func major(in text: String) -> Int? {
        let prefix = "mosquitto version "
        for line in text.split(separator: Character("\n")) where line.hasPrefix(prefix) {
            return Int(line.dropFirst(prefix.utf8.count).prefix { $0.isASCII && $0.isNumber })
        }
        return nil
    }
}
