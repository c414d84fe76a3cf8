import COpenSSL
import Glibc
import Sockets
import X509

/// OpenSSL's `SSL_CTX`, and the results of its verification.
final class SSLContext {
    let call: ssl_functions
    let pointer: OpaquePointer
    /// Whether the client has a certificate.
    let hasIdentity: Bool
    /// Why OpenSSL's verification failed; nil if it did not fail.
    fileprivate(set) var failure: Verification?
    /// Whether the server's certificate was verified.
    fileprivate(set) var isServerTrusted = false
    /// Whether the server asked for a client certificate.
    fileprivate(set) var isIdentityWanted = false
    /// Whether the client sent a Certificate message without a certificate.
    fileprivate(set) var isIdentityWithheld = false

    /// The result of a failed verification.
    struct Verification {
        var code: Int
        var reason: String
        var names: [String]
        var notBefore: Int64
        var notAfter: Int64
        /// The name of the trusted authority of this device that caused the failure; nil if a certificate from the server
        /// caused it.
        var ownAuthority: String?
    }

    init(_ options: TLSOptions) throws(TLSError) {
        call = try SSLLibrary.open()
        hasIdentity = options.identity != nil
        call.ERR_clear_error()
        guard let pointer = call.SSL_CTX_new(call.TLS_client_method()) else {
            throw .openSSL(reason: call.words(call.takeError()))
        }
        self.pointer = pointer
        _ = call.SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        call.SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        let own = Unmanaged.passUnretained(self).toOpaque()
        call.SSL_CTX_set_cert_verify_callback(
            pointer,
            { store, context in
                guard let store, let context else { return 0 }
                return Unmanaged<SSLContext>.fromOpaque(context).takeUnretainedValue().verify(store)
            }, own)
        call.SSL_CTX_set_cert_cb(
            pointer,
            { _, context in
                if let context {
                    Unmanaged<SSLContext>.fromOpaque(context).takeUnretainedValue().isIdentityWanted = true
                }
                return 1
            }, own)
        call.SSL_CTX_set_msg_callback(pointer) { isSent, _, kind, bytes, count, _, context in
            guard isSent == 1, kind == SSL3_RT_HANDSHAKE, let bytes, let context else { return }
            let message = UnsafeRawBufferPointer(start: bytes, count: count)
            guard message.first == UInt8(SSL3_MT_CERTIFICATE) else { return }
            Unmanaged<SSLContext>.fromOpaque(context).takeUnretainedValue().isIdentityWithheld = isEmpty(message)
        }
        _ = call.SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, own)
        for roots in options.roots { try trust(roots) }
        if let identity = options.identity { try use(identity) }
        if let alpn = options.alpn { name(alpn) }
    }

    /// Names one application protocol: its length, then its name (RFC 7301, section 3.1).
    private func name(_ alpn: String) {
        let list = [UInt8(clamping: alpn.utf8.count)] + alpn.utf8.prefix(255)
        _ = call.SSL_CTX_set_alpn_protos(pointer, list, UInt32(list.count))
    }

    deinit { call.SSL_CTX_free(pointer) }

    private func trust(_ roots: TLSOptions.Roots) throws(TLSError) {
        switch roots {
        case .system: _ = call.SSL_CTX_set_default_verify_paths(pointer)
        case .path(let path):
            var status = stat()
            guard stat(path, &status) == 0 else { throw .rootsUnusable(path: path, reason: SystemReason.last) }
            // OpenSSL opens the file by its path.
            if let reason = PlainFile.objection(to: path) { throw .rootsUnusable(path: path, reason: reason) }
            if status.st_mode & S_IFMT == S_IFDIR {
                if let objection = PlainFile.objection(inHashedDirectory: path) {
                    throw .rootsUnusable(path: objection.path, reason: objection.reason)
                }
                guard access(path, R_OK | X_OK) == 0 else {
                    throw .rootsUnusable(path: path, reason: SystemReason.last)
                }
                _ = call.SSL_CTX_load_verify_dir(pointer, path)
            } else if call.SSL_CTX_load_verify_file(pointer, path) != 1 {
                let code = call.takeError()
                let reason = access(path, R_OK) == 0 ? call.words(code) : SystemReason.last
                throw .rootsUnusable(path: path, reason: reason)
            }
        }
        call.ERR_clear_error()
    }

    private func use(_ identity: TLSOptions.Identity) throws(TLSError) {
        call.SSL_CTX_set_default_passwd_cb(pointer, ssl_no_passphrase)
        for path in [identity.certificatePath, identity.keyPath] where access(path, R_OK) != 0 {
            throw .identityUnusable(path: path, reason: SystemReason.last)
        }
        for path in [identity.certificatePath, identity.keyPath] {
            if let reason = PlainFile.objection(to: path) { throw .identityUnusable(path: path, reason: reason) }
        }
        do throws(X509Error) { try PrivateKey.prepare(fileAt: identity.keyPath) } catch {
            throw .identityUnusable(path: identity.keyPath, reason: "\(error)")
        }
        guard call.SSL_CTX_use_certificate_chain_file(pointer, identity.certificatePath) == 1 else {
            throw .identityUnusable(path: identity.certificatePath, reason: call.words(call.takeError()))
        }
        guard call.SSL_CTX_use_PrivateKey_file(pointer, identity.keyPath, SSL_FILETYPE_PEM) == 1,
            call.SSL_CTX_check_private_key(pointer) == 1
        else { throw .identityUnusable(path: identity.keyPath, reason: call.words(call.takeError())) }
    }

    /// Verifies the chain with OpenSSL and records the result.
    private func verify(_ store: OpaquePointer) -> Int32 {
        let result = call.X509_verify_cert(store)
        guard result <= 0 else {
            isServerTrusted = true
            return result
        }
        let code = call.X509_STORE_CTX_get_error(store)
        let reason = call.X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? ""
        let certificate = call.X509_STORE_CTX_get_current_cert(store) ?? call.X509_STORE_CTX_get0_cert(store)
        failure = Verification(
            code: Int(code), reason: reason, names: names(of: call.X509_STORE_CTX_get0_cert(store)),
            notBefore: call.seconds(certificate.flatMap { call.X509_get0_notBefore($0) }),
            notAfter: call.seconds(certificate.flatMap { call.X509_get0_notAfter($0) }),
            ownAuthority: call.X509_STORE_CTX_get_error_depth(store)
                >= max(1, call.X509_STORE_CTX_get_num_untrusted(store))
                ? certificate.flatMap(subject) : nil)
        return result
    }

    /// The common name of a certificate's subject, or the whole subject.
    private func subject(of certificate: OpaquePointer) -> String? {
        guard let name = call.X509_get_subject_name(certificate) else { return nil }
        var text = [CChar](repeating: 0, count: 256)
        if call.X509_NAME_get_text_by_NID(name, NID_commonName, &text, Int32(text.count)) <= 0 {
            guard call.X509_NAME_oneline(name, &text, Int32(text.count)) != nil else { return nil }
        }
        return Printable.text(text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)))
    }

    /// The host names in a certificate, at most ten.
    private func names(of certificate: OpaquePointer?) -> [String] {
        guard let certificate,
            let list = call.X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil)
        else { return [] }
        let names = OpaquePointer(list)
        defer { call.GENERAL_NAMES_free(names) }
        return (0..<min(10, max(0, call.OPENSSL_sk_num(names)))).compactMap { index in
            guard let entry = call.OPENSSL_sk_value(names, index) else { return nil }
            var kind: Int32 = 0
            let name = entry.assumingMemoryBound(to: GENERAL_NAME.self)
            guard let value = call.GENERAL_NAME_get0_value(name, &kind) else { return nil }
            let string = UnsafePointer<ASN1_STRING>(OpaquePointer(value))
            guard let data = call.ASN1_STRING_get0_data(string) else { return nil }
            let bytes = UnsafeBufferPointer(start: data, count: Int(call.ASN1_STRING_length(string)))
            return switch kind {
            case GEN_DNS: Printable.text(bytes)
            case GEN_IPADD: address(bytes)
            default: nil
            }
        }
    }
}

/// Whether a Certificate message holds no certificate: after its 4-byte header follows the 3-byte length of the list (RFC
/// 5246, section 7.4.2); in TLS 1.3 a context precedes the list, and it is empty in a handshake (RFC 8446, section
/// 4.4.2).
private func isEmpty(_ message: UnsafeRawBufferPointer) -> Bool {
    message.dropFirst(4).allSatisfy { $0 == 0 }
}

/// The text of an IPv4 or IPv6 address.
private func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard let family = [4: AF_INET, 16: AF_INET6][bytes.count] else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count)) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The last error of the system as text.
enum SystemReason {
    static var last: String { SystemErrorText.text(errno) }
}

/// Text from a peer.
enum Printable {
    /// The text, at most 200 characters long, with every character that could control a terminal replaced.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var result = ""
        for scalar in String(decoding: Array(bytes.prefix(800)), as: UTF8.self).unicodeScalars.prefix(200) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: result.append(" ")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
