import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateRegistrationTests {
    @Test("for Azure and AWS it is said what to type there, and nothing is sent")
    func advice() throws {
        let fixture = try Fixture.ready(for: .az)
        try fixture.write("az.url = 'hub-7.azure-devices.net'\n", to: "tedge/tedge.toml")
        let thumbprint = try Certificate(pem: try fixture.files.read(fixture.directory.file(Fixture.certificate)))
            .thumbprint
        let azure = CertificateRegistration(.az, profile: nil, in: fixture.context).run()
        #expect(azure.status == 1 && azure.reason == "upload-unsupported" && !azure.changed)
        #expect(
            azure.hint?.contains(
                "az iot hub device-identity create --hub-name hub-7 --device-id gateway-1 --auth-method x509_thumbprint "
                    + "--primary-thumbprint \(thumbprint) ") == true)
        let aws = CertificateRegistration(.aws, profile: nil, in: fixture.context).run()
        let path = fixture.directory.file(Fixture.certificate)
        #expect(aws.reason == "upload-unsupported")
        #expect(aws.hint?.contains("Run 'openssl x509 -in \(path) -out device.pem', copy device.pem") == true)
        #expect(fixture.web.requests.isEmpty)
    }

    @Test("without a certificate that is said instead")
    func missing() throws {
        let fixture = try Fixture.ready(for: .aws)
        try fixture.files.remove(fixture.directory.file(Fixture.certificate))
        #expect(CertificateRegistration(.aws, profile: nil, in: fixture.context).run().reason == "certificate-missing")
    }
}
