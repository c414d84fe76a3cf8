extension CertificateError {
    /// The errors with the words of the user's page end with what to type.
    public var advice: String? {
        switch self {
        case .certificateExists, .keyExists, .certificateMissing, .keyMissing:
            causes.last?.split(separator: Character("\n")).last.map(String.init)
        default: nil
        }
    }
}
