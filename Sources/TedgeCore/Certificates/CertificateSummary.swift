import X509

/// A certificate in the words of `cert show`.
struct CertificateSummary {
    /// Whether the certificate can be used now.
    enum Validity: Equatable {
        case valid(remaining: Int64)
        case expiresSoon(remaining: Int64)
        case expired(since: Int64)
        case notYetValid(wait: Int64)
    }

    let certificate: Certificate
    let path: String
    let validity: Validity
    /// Seconds until it expires; negative if it has expired.
    let remaining: Int64
    /// Whether a renewed certificate is beside it, which the next connect takes.
    let isRenewedWaiting: Bool

    /// Judges a certificate by the clock.
    ///
    /// - Parameter minimum: The seconds below which the rest of the time is soon over.
    init(
        _ certificate: Certificate, path: String, now: Int64, minimum: Int64 = 30 * 86_400,
        isRenewedWaiting: Bool = false
    ) {
        self.certificate = certificate
        self.path = path
        self.isRenewedWaiting = isRenewedWaiting
        remaining = certificate.notAfter - now
        if now < certificate.notBefore {
            validity = .notYetValid(wait: certificate.notBefore - now)
        } else if remaining < 0 {
            validity = .expired(since: -remaining)
        } else {
            validity = remaining > minimum ? .valid(remaining: remaining) : .expiresSoon(remaining: remaining)
        }
    }

    /// The lines, each with its line end.
    var text: String {
        """
        Certificate:   \(path)
        Subject:       \(certificate.subject)
        Issuer:        \(certificate.issuer)
        Status:        \(status)
        Valid from:    \(RFC2822Date.text(certificate.notBefore))
        Valid until:   \(RFC2822Date.text(certificate.notAfter))
        Serial number: \(certificate.serialNumber)
        Thumbprint:    \(certificate.thumbprint)

        """
    }

    /// Whether it is time to renew the certificate. One that is not valid yet needs none.
    var isDue: Bool {
        switch validity {
        case .expired, .expiresSoon: true
        case .valid, .notYetValid: false
        }
    }

    /// The validity in words.
    var status: String {
        switch validity {
        case .valid(let seconds): "VALID (expires in: \(Self.length(seconds)))"
        case .expiresSoon(let seconds): "EXPIRES SOON (expires in: \(Self.length(seconds)))"
        case .expired(let seconds): "EXPIRED (since: \(Self.length(seconds)))"
        case .notYetValid(let seconds): "NOT VALID YET (will be in: \(Self.length(seconds)))"
        }
    }

    /// The word of the validity for programs.
    var state: CertificateState {
        switch validity {
        case .valid: .valid
        case .expiresSoon: .expiring
        case .expired: .expired
        case .notYetValid: .notYetValid
        }
    }

    /// The same for programs.
    var json: JSONValue {
        .object([
            .init("state", .string(state.rawValue)), .init("path", .string(path)),
            .init("common_name", .optional(certificate.commonName)), .init("subject", .string(certificate.subject)),
            .init("issuer", .string(certificate.issuer)), .init("status", .string(status)),
            .init("not_before", .string(RFC3339Date.text(certificate.notBefore))),
            .init("not_after", .string(RFC3339Date.text(certificate.notAfter))),
            .init("expires_in_seconds", .number(Int(remaining))),
            .init("serial_number", .string(certificate.serialNumber)),
            .init("thumbprint", .string(certificate.thumbprint)), .init("renewed_waiting", .bool(isRenewedWaiting)),
        ])
    }

    /// A length of time in years of 365 days, days, hours, minutes and seconds, without those that are zero.
    static func length(_ seconds: Int64) -> String {
        var rest = seconds
        var parts: [String] = []
        for (unit, size) in [("y", 31_536_000), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)] {
            if rest >= size { parts.append("\(rest / size)\(unit)") }
            rest %= size
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }
}
