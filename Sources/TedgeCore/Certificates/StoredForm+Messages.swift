import X509

extension StoredForm {
    /// What was to be in a file.
    enum Wanted: Equatable {
        case certificate, key

        var text: String { self == .certificate ? "a certificate" : "a private key" }
        fileprivate var labelEnd: String { self == .certificate ? "CERTIFICATE" : "PRIVATE KEY" }
    }

    /// What the file holds instead; nil if its form says nothing about why it cannot be read.
    func text(wanted: Wanted) -> String? {
        switch self {
        case .empty: "the file is empty"
        case .certificateDER: "the file holds a certificate in DER, not in PEM"
        case .requestDER: "the file holds a certificate signing request in DER, not \(wanted.text)"
        case .keyDER, .encryptedKeyDER: "the file holds a private key in DER, not \(Self.inPEM(wanted, .key))"
        case .pkcs7DER: "the file holds a PKCS #7 message in DER, not \(wanted.text) in PEM"
        case .pkcs12: "the file is a PKCS #12 store, not \(wanted.text) in PEM"
        case .utf16: "the file is text in UTF-16, and PEM is ASCII"
        case .carriageReturns: "the lines of the file end with a carriage return alone"
        case .escapedLineEnds: "the file has its line ends written as '\\n'"
        case .misplacedLines: "the line '-----BEGIN …-----' does not stand at the beginning of a line of its own"
        case .cutOff: "the file is cut off: a PEM block has no '-----END …-----' line"
        case .blocks(["OPENSSH PRIVATE KEY"]):
            "the file holds a private key in the form of OpenSSH, not \(Self.inPEM(wanted, .key))"
        case .blocks(let labels):
            labels.contains { $0.hasSuffix(wanted.labelEnd) }
                ? nil : "the file holds \(Self.names(labels)), not \(wanted.text)"
        case .other: "the file holds no PEM: there is no '-----BEGIN …-----' line"
        }
    }

    /// How to make a file that can be read; nil if there is no command for it. No command writes to the file itself.
    func conversion(of path: String, to wanted: Wanted) -> String? {
        let (from, target) = (ShellWord.quoted(path), ShellWord.quoted(path + ".converted.pem"))
        let command: String
        switch (self, wanted) {
        case (.certificateDER, .certificate): command = "openssl x509 -inform DER -in \(from) -out \(target)"
        case (.keyDER, .key): command = "openssl pkey -inform DER -in \(from) -out \(target)"
        case (.encryptedKeyDER, .key): command = "openssl pkcs8 -inform DER -in \(from) -out \(target)"
        case (.pkcs7DER, .certificate): command = "openssl pkcs7 -inform DER -in \(from) -print_certs -out \(target)"
        case (.pkcs12, .certificate): command = "openssl pkcs12 -in \(from) -clcerts -nokeys -out \(target)"
        case (.pkcs12, .key): command = "openssl pkcs12 -in \(from) -nocerts -noenc -out \(target)"
        case (.utf16, _): command = Self.shell("iconv -f UTF-16 -t ASCII \(from) > \(target)", wanted)
        case (.carriageReturns, _): command = Self.shell("tr '\\r' '\\n' < \(from) > \(target)", wanted)
        case (.escapedLineEnds, _): command = Self.shell("sed 's/\\\\n/\\n/g' \(from) > \(target)", wanted)
        case (.blocks(let labels), .certificate)
        where labels.contains { $0.hasPrefix("PKCS7") || $0 == "PKCS #7 SIGNED DATA" }:
            command = "openssl pkcs7 -in \(from) -print_certs -out \(target)"
        case (.blocks(["OPENSSH PRIVATE KEY"]), .key):
            command = "install -m 600 \(from) \(target) && ssh-keygen -p -N '' -m PKCS8 -f \(target)"
        default: return nil
        }
        return "Run '\(command)' and use \(path).converted.pem instead of it."
    }

    /// What else can be done; nil if nothing is known.
    func advice(wanted: Wanted) -> String? {
        switch self {
        case .empty, .cutOff: "Copy the file again from where it came from."
        case .misplacedLines: "Copy the text of the file again, with its line ends and without blanks before the lines."
        case .blocks, .certificateDER, .keyDER, .encryptedKeyDER, .requestDER:
            wanted == .certificate
                ? "Name the file of the certificate, for example with 'tedge config set device.cert_path <file>'."
                : "Name the file of the private key, for example with 'tedge config set device.key_path <file>'."
        default: nil
        }
    }

    /// A command whose output the shell writes: a key is for nobody else.
    private static func shell(_ command: String, _ wanted: Wanted) -> String {
        wanted == .key ? "umask 077; \(command)" : command
    }

    private static func inPEM(_ wanted: Wanted, _ found: Wanted) -> String {
        wanted == found ? "in PEM" : wanted.text
    }

    private static func names(_ labels: [String]) -> String {
        let label = labels[0]
        switch label {
        case _ where label.hasSuffix("CERTIFICATE REQUEST"): return "a certificate signing request"
        case _ where label.hasSuffix("PRIVATE KEY"): return "a private key"
        case _ where label.hasSuffix("PUBLIC KEY"): return "a public key"
        case _ where label.hasSuffix("CERTIFICATE"): return "a certificate"
        case _ where label.hasSuffix("PROVIDER URI"): return "the address of a private key in a token"
        case _ where label.hasPrefix("PKCS"): return "a PKCS #7 message"
        default: return "a block '\(label)'"
        }
    }
}

/// Why a file cannot be read as a certificate or key.
public struct FormProblem: Sendable, Equatable {
    /// What it holds; nil if its bytes could not be read.
    let form: StoredForm?
    /// Why that will not do.
    let reason: String

    /// A file whose bytes could not be read; the reason is in the C library's words.
    init(unread reason: String) { (form, self.reason) = (nil, reason) }

    /// A file whose bytes OpenSSL does not take. The form says why, if it can; else OpenSSL does.
    init(_ bytes: [UInt8], wanted: StoredForm.Wanted, _ error: X509Error) {
        let form = StoredForm(bytes)
        self.form = form
        reason = form.text(wanted: wanted) ?? "\(error)"
    }
}

extension FormProblem {
    /// How to make, or find, a file that can be read; nil if nothing is known.
    func hint(_ path: String, wanted: StoredForm.Wanted) -> String? {
        guard let form else { return nil }
        return form.conversion(of: path, to: wanted) ?? form.advice(wanted: wanted)
    }
}
