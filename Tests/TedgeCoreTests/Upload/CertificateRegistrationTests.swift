import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateRegistrationTests {
    @Test("for Azure and AWS it is said what to type there, and nothing is sent")
    func advice() throws {
        let world = try World.ready(for: .az)
        try world.write("az.url = 'hub-7.azure-devices.net'\n", to: "tedge/tedge.toml")
        let thumbprint = try Certificate(pem: try world.files.read(world.directory.file(World.certificate))).thumbprint
        let azure = CertificateRegistration(.az, profile: nil, in: world.context).run()
        #expect(azure.status == 1 && azure.reason == "upload-unsupported" && !azure.changed)
        #expect(
            azure.hint?.contains(
                "az iot hub device-identity create --hub-name hub-7 --device-id gateway-1 --auth-method x509_thumbprint "
                    + "--primary-thumbprint \(thumbprint) ") == true)
        let aws = CertificateRegistration(.aws, profile: nil, in: world.context).run()
        let path = world.directory.file(World.certificate)
        #expect(aws.reason == "upload-unsupported")
        #expect(aws.hint?.contains("Run 'openssl x509 -in \(path) -out device.pem', copy device.pem") == true)
        #expect(world.web.requests.isEmpty)
    }

    @Test("without a certificate that is said instead")
    func missing() throws {
        let world = try World.ready(for: .aws)
        try world.files.remove(world.directory.file(World.certificate))
        #expect(CertificateRegistration(.aws, profile: nil, in: world.context).run().reason == "certificate-missing")
    }
}
