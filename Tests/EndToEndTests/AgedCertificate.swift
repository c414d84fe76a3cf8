import Foundation
import TestSupport

extension Gateway {
    /// Gets the device a certificate of the cloud's authority.
    func enrol(with cloud: StandInCloud) throws {
        try cloud.command("register", "gateway-1", "otp")
        try tedge(
            "cert", "download", "c8y", "--device-id", "gateway-1", environment: ["DEVICE_ONE_TIME_PASSWORD": "otp"]
        ).expectSuccess()
    }

    /// Replaces the certificate by one for the same key that was issued 300 days ago and is valid for 20 days more.
    ///
    /// - Parameter authority: Who signs it; the key itself if nil.
    func age(signedBy authority: TestAuthority.Identity?, certificate: String, key: String, id: String) throws {
        let files = "\(directory)/aging"
        let configuration = """
            [ca]
            default_ca = own
            [own]
            database = \(files)/index.txt
            serial = \(files)/serial
            new_certs_dir = \(files)
            default_md = sha256
            unique_subject = no
            policy = any
            x509_extensions = device
            [any]
            commonName = supplied
            organizationName = optional
            organizationalUnitName = optional
            [device]
            basicConstraints = CA:TRUE
            """
        _ = try ChildProcess.run("install", ["-d", files])
        try write(configuration, to: "\(files)/openssl.cnf")
        try write("", to: "\(files)/index.txt")
        let request = ["-new", "-key", key, "-subj", "/CN=\(id)/O=Thin Edge/OU=Device", "-out", "\(files)/request.csr"]
        let signing =
            authority.map { ["-cert", $0.certificate, "-keyfile", $0.key] } ?? ["-selfsign", "-keyfile", key]
        let words = [
            "-batch", "-notext", "-rand_serial", "-config", "\(files)/openssl.cnf", "-in", "\(files)/request.csr",
            "-startdate", Self.date(-300), "-enddate", Self.date(20), "-out", "\(files)/aged.pem",
        ]
        for line in [["req"] + request, ["ca"] + words + signing, ["x509", "-in", "\(files)/aged.pem", "-noout"]] {
            let done = try ChildProcess.run("openssl", line)
            guard done.exit == .status(0) else { throw TestFailure(done.errors) }
        }
        _ = try ChildProcess.run("install", ["-m", "0444", "\(files)/aged.pem", certificate])
    }

    private static func date(_ days: Int) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyyMMddHHmmss'Z'"
        return format.string(from: Date().addingTimeInterval(TimeInterval(days) * 86_400))
    }
}
