import Testing

import X509

@Suite("Messages of errors with keys and certificates")
struct X509ErrorTests {
    @Test(
        "an error is a sentence",
        arguments: [
            (
                .libraryMissing(reason: "no such file"),
                "OpenSSL's libcrypto cannot be opened, install libssl3: no such file"
            ),
            (.noPEM(label: "PRIVATE KEY"), "PEM file format error: no '-----BEGIN PRIVATE KEY-----' line"),
            (.encryptedKey, "the private key is encrypted with a passphrase, which a service cannot type"),
            (.openSSL(.readKey, reason: "wrong tag"), "OpenSSL cannot read the private key: wrong tag"),
            (.openSSL(.generateKey, reason: nil), "OpenSSL cannot generate a key"),
            (.openSSL(.makeRequest, reason: nil), "OpenSSL cannot make the certificate signing request"),
            (.invalidDate(-7), "a certificate cannot hold the date -7 seconds after 1970"),
        ] as [(X509Error, String)])
    func words(error: X509Error, text: String) {
        #expect(error.description == text)
    }
}
