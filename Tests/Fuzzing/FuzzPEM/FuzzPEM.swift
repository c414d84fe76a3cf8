import Foundation
import FuzzSupport
import X509

/// Reads the input as PEM, or, by its first byte, as what stands in PEM between the lines of a label. What can be read can be
/// written and read again, and its texts are printable. The same for the certificates of PKCS #7, and for dates of HTTP.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    let kind = Int(input.byte() & 0xF)
    let bytes = input.all()
    if kind == 15 {
        date(String(decoding: bytes, as: UTF8.self))
        return 0
    }
    if kind == 14 {
        bundle(bytes)
        return 0
    }
    let pem = labels.indices.contains(kind) ? armored(bytes, labels[kind]) : bytes
    certificates(pem)
    key(pem)
    request(pem)
    return 0
}

private func bundle(_ der: [UInt8]) {
    do {
        let all = try Certificate.all(inPKCS7: der)
        require(!all.isEmpty, "there is a certificate, or an error")
        for certificate in all {
            require(certificate.chain(among: all).count < all.count + 1, "a chain goes through each certificate once")
            certificates(require("a certificate can be written") { try certificate.pem() })
        }
    } catch {
        requirePrintable(error.description)
    }
}

private func request(_ pem: [UInt8]) {
    do {
        let request = try SigningRequest(pem: pem)
        _ = (request.commonName, require("a request can be written") { try request.base64() })
    } catch {
        requirePrintable(error.description)
    }
}

private let labels = [
    "CERTIFICATE", "TRUSTED CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
    "CERTIFICATE REQUEST",
]

private func armored(_ bytes: [UInt8], _ label: String) -> [UInt8] {
    let body = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return Array("-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n".utf8)
}

private func certificates(_ pem: [UInt8]) {
    let all: [Certificate]
    do {
        all = try Certificate.all(inPEM: pem)
    } catch {
        requirePrintable(error.description)
        return
    }
    require(!all.isEmpty, "there is a certificate, or an error")
    let first = require("the first of some certificates is read alone") { try Certificate(pem: pem) }
    require(first.thumbprint == all[0].thumbprint, "the first certificate is the first of all")
    for certificate in all {
        let written = require("a certificate can be written") { try certificate.pem() }
        let again = require("what was written is read") { try Certificate(pem: written) }
        require(again.thumbprint == certificate.thumbprint, "it is the same certificate")
        require(certificate.thumbprint.utf8.count == 40, "a thumbprint has 40 digits")
        require(again.subject == certificate.subject && again.issuer == certificate.issuer, "it has the same names")
        for text in [
            certificate.subject, certificate.issuer, certificate.serialNumber,
            RFC2822Date.text(certificate.notBefore), RFC2822Date.text(certificate.notAfter),
        ] {
            requirePrintable(text)
            require(!text.utf8.contains(10), "a text about a certificate is on one line")
        }
        _ = (certificate.commonName, certificate.isSelfSigned)
    }
}

private func key(_ pem: [UInt8]) {
    let key: PrivateKey
    do {
        key = try PrivateKey(pem: pem)
    } catch {
        requirePrintable(error.description)
        return
    }
    requirePrintable(key.kind)
    // OpenSSL reads keys that it refuses to write.
    guard let written = try? key.pem() else { return }
    let again = require("what was written is read") { try PrivateKey(pem: written) }
    require((try? again.pem()) == written && again.kind == key.kind, "it is the same key")
}

private func date(_ text: String) {
    guard let seconds = RFC2822Date.seconds(ofHTTPDate: text) else { return }
    let written = RFC2822Date.text(seconds)
    requirePrintable(written)
    let again = RFC2822Date.seconds(ofHTTPDate: written.replacingOccurrences(of: "+0000", with: "GMT"))
    require(again == seconds || again == nil, "a date is read as it was written")
}
