extension CertificateError {
    /// The last line of a missing certificate, in the words of the user's page.
    static let createAdvice = "Run `tedge cert create --device-id <id>` to generate a new certificate."

    /// What to type, if the causes end with it.
    public var advice: String? { if case .certificateMissing = self { Self.createAdvice } else { nil } }
}
