import X509

extension CertificateRequest {
    /// A request for a name, in PEM, with organization and unit of the settings.
    static func pem(commonName: String, key: PrivateKey, _ settings: Settings) throws -> [UInt8] {
        let organization = try settings.required("certificate.organization")
        let unit = try settings.required("certificate.organization_unit")
        return try CertificateError.mapping { () throws(X509Error) in
            try pem(commonName: commonName, organization: organization, organizationalUnit: unit, key: key)
        }
    }
}

extension Certificate {
    /// A certificate that its own key signs, with organization and unit of the settings.
    static func selfSigned(
        commonName: String, key: PrivateKey, _ validity: CertificateValidity, _ settings: Settings
    ) throws -> Certificate {
        let organization = try settings.required("certificate.organization")
        let unit = try settings.required("certificate.organization_unit")
        return try CertificateError.mapping { () throws(X509Error) in
            try selfSigned(
                commonName: commonName, organization: organization, organizationalUnit: unit, key: key,
                notBefore: validity.begin, notAfter: validity.end)
        }
    }
}
