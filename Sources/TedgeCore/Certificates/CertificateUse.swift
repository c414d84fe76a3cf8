/// Who uses a certificate.
enum CertificateUse {
    /// The connections whose bridge proves itself with the certificate in a file.
    static func connections(of path: String, in context: Context) -> [(cloud: CloudName, profile: ProfileName?)] {
        let names = (try? context.files.list(BridgePaths.directory(in: context.configurationDirectory))) ?? []
        return BridgePaths.connections(among: names).filter { cloud, profile in
            let file = BridgePaths(in: context.configurationDirectory, cloud, profile).bridge
            return WrittenFile(file, context.files)?["bridge_certfile"]?.utf8.elementsEqual(path.utf8) == true
        }
    }

    /// What happens to the connections without the certificate, and what to do; nil if there are none.
    static func warning(_ connections: [(cloud: CloudName, profile: ProfileName?)]) -> String? {
        guard let first = connections.first else { return nil }
        let clouds = connections.map { Cloud.named($0.cloud).displayName }
        let words = first.cloud.words(first.profile)
        return
            "The device is still connected to \(clouds.joined(separator: ", ")) with this certificate, and can no longer "
            + "connect once mosquitto starts again. Run 'sudo tedge disconnect \(words)', or make another certificate and "
            + "run 'sudo tedge reconnect \(words)'."
    }
}
