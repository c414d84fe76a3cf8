import COpenSSL
import Glibc
import Synchronization

/// The providers of this process. They are loaded only for a key that needs one, once.
enum KeyProviders {
    private struct State {
        var loaded: [KeyProvider: Result<Void, X509Error>] = [:]
        /// What tokens have said: a wrong PIN is tried once.
        var answers: [String: Result<Void, X509Error>] = [:]
        /// What tpm2-tss writes instead of printing it.
        var log: Int32 = -1
    }

    private static let state = Mutex(State())

    /// Makes OpenSSL able to read a key from a file. Does nothing for a file that holds the key itself. Throws `provider` if
    /// the key cannot be used.
    static func prepare(_ pem: [UInt8]) throws(X509Error) {
        guard let reference = KeyReference(pem: pem) else { return }
        switch reference.provider {
        case .tpm2: try load(.tpm2, modulePath: nil)
        case .pkcs11:
            guard let uri = reference.uri else { throw .provider(ProviderFailure(.pkcs11, .badAddress)) }
            try requireInstalled(.pkcs11)
            let answer = state.withLock { state in
                if let known = state.answers[uri.text] { return known }
                let answer = Result { () throws(X509Error) in try Token.check(uri) }
                state.answers[uri.text] = answer
                return answer
            }
            try answer.get()
            try load(.pkcs11, modulePath: uri.modulePath)
        }
    }

    /// Throws if the provider is not installed.
    static func requireInstalled(_ provider: KeyProvider) throws(X509Error) {
        let crypto = try CryptoLibrary.open()
        let directory =
            getenv("OPENSSL_MODULES").map { String(cString: $0) }
            ?? crypto.OPENSSL_info(OPENSSL_INFO_MODULES_DIR).map { String(cString: $0) } ?? ""
        let path = "\(directory)/\(provider.rawValue).so"
        guard access(path, F_OK) != 0 else { return }
        throw .provider(ProviderFailure(provider, .missing, "\(path) does not exist"))
    }

    /// Loads a provider, unless that was tried before.
    static func load(_ provider: KeyProvider, modulePath: String?) throws(X509Error) {
        let crypto = try CryptoLibrary.open()
        try requireInstalled(provider)
        let result = state.withLock { state in
            if let known = state.loaded[provider] { return known }
            if provider == .tpm2 { redirect(&state.log) }
            let configuration = ProviderConfiguration(
                [provider], modulePath: modulePath, tcti: getenv("TPM2OPENSSL_TCTI").map { String(cString: $0) })
            let result = Result { () throws(X509Error) in
                try crypto.load(Array(configuration.text().utf8), provider, log: state.log)
            }
            state.loaded[provider] = result
            return result
        }
        try result.get()
    }

    /// Why a key could not be read or used, as far as the provider says it; nil if its words say nothing.
    static func failure(_ provider: KeyProvider) -> ProviderFailure? {
        guard provider == .tpm2 else { return nil }
        let log = state.withLock { text(of: $0.log) }
        return ProviderFailure.kind(inLog: log).map { ProviderFailure(.tpm2, $0, lastLine(of: log)) }
    }

    /// Has tpm2-tss write to a file in memory what it would print on stderr, where it looks like a message of this program.
    private static func redirect(_ log: inout Int32) {
        guard log < 0, getenv("TSS2_LOGFILE") == nil else { return }
        log = token_memory_file()
        guard log >= 0 else { return }
        setenv("TSS2_LOGFILE", "/proc/self/fd/\(log)", 0)
        setenv("TSS2_LOG", "all+ERROR", 0)
    }

    fileprivate static func text(of log: Int32) -> String {
        guard log >= 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let size = lseek(log, 0, SEEK_END)
        let count = pread(log, &bytes, bytes.count, max(0, size - off_t(bytes.count)))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// The message of the line that says most, without the place in the sources: `ERROR:esys:file.c:112:function() Message`.
    static func lastLine(of log: String) -> String {
        let lines = log.split(separator: "\n")
        let line = lines.last { $0.contains("Failed to open") } ?? lines.last ?? ""
        let message = line.firstRange(of: "() ").map { line[$0.upperBound...] } ?? line
        var text = String(message.prefix(200))
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension crypto_functions {
    /// Loads the providers of a configuration.
    fileprivate func load(_ text: [UInt8], _ provider: KeyProvider, log: Int32) throws(X509Error) {
        guard let configuration = NCONF_new(nil) else { throw error(.memory) }
        defer { NCONF_free(configuration) }
        try reading(text) { bio throws(X509Error) in
            var line = 0
            guard NCONF_load_bio(configuration, bio, &line) == 1 else { throw error(.loadProvider) }
        }
        ERR_clear_error()
        let isLoaded = CONF_modules_load(configuration, nil, 0) > 0
        if isLoaded, OSSL_PROVIDER_available(nil, provider.rawValue) == 1 {
            ERR_clear_error()
            return
        }
        let said = takeErrors()
        guard provider == .tpm2 else { throw .provider(ProviderFailure(provider, .failed, said)) }
        let words = KeyProviders.text(of: log)
        let kind = ProviderFailure.kind(inLog: words) ?? (said.contains("tcti:") ? .noTPM : .failed)
        let line = KeyProviders.lastLine(of: words)
        throw .provider(ProviderFailure(.tpm2, kind, line.isEmpty ? said : line))
    }

    /// The errors with their texts, the first ones first. Clears the queue of errors.
    private func takeErrors() -> String {
        var lines: [String] = []
        while true {
            var data: UnsafePointer<CChar>?
            let code = withUnsafePointer(to: self) { crypto_next_error($0, &data) }
            guard code != 0 else { break }
            let reason = ERR_reason_error_string(code).map { String(cString: $0) }
            let text = data.map { String(cString: $0) } ?? ""
            let line = [reason, text.isEmpty ? nil : text].compactMap(\.self).joined(separator: ": ")
            if !line.isEmpty, lines.count < 3 { lines.append(line) }
        }
        return lines.joined(separator: "; ")
    }
}

/// Libraries that root loads because a file says so, whose owner need not be root.
enum LibraryTrust {
    /// Why root does not load a library; nil if it does. Nobody else can change the file, or exchange it or a directory above it.
    static func objection(to path: String) -> String? {
        guard path.hasPrefix("/") else { return "\(path) is not an absolute path" }
        guard let real = realpath(path, nil) else { return "\(path): \(String(cString: strerror(errno)))" }
        defer { free(real) }
        var rest = String(cString: real)
        while true {
            var status = stat()
            guard lstat(rest.isEmpty ? "/" : rest, &status) == 0 else {
                return "\(path): \(String(cString: strerror(errno)))"
            }
            guard status.st_uid == 0, status.st_mode & 0o022 == 0 else {
                return "root does not load \(path), because other users can change \(rest.isEmpty ? "/" : rest)"
            }
            guard let slash = rest.lastIndex(of: "/") else { return nil }
            rest = String(rest[..<slash])
        }
    }
}

/// A token, asked through its PKCS #11 module before the provider is.
private enum Token {
    /// The module that stands for all modules that p11-kit knows: what the provider uses if none is named.
    private static let proxy = "p11-kit-proxy.so"

    /// Throws if the token is not there, refuses the PIN, or has no such key. Tries a PIN once.
    static func check(_ uri: TokenURI) throws(X509Error) {
        var pin = try pin(of: uri)
        defer {
            pin?.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        var code: UInt = 0
        var reason = [CChar](repeating: 0, count: 256)
        let module = uri.modulePath ?? proxy
        if let path = uri.modulePath, geteuid() == 0, let objection = LibraryTrust.objection(to: path) {
            throw .provider(ProviderFailure(.pkcs11, .noModule, objection))
        }
        let slot = uri.attribute("slot-id").flatMap { Int($0) } ?? -1
        // Copies that end with a null character.
        let words = ["token", "serial", "manufacturer", "model", "object"].map(uri.attribute) + [module]
        let texts = words.map { $0.flatMap { strdup($0) } }
        defer { texts.forEach { free($0) } }
        let identifier = uri.identifier ?? []
        let answer = identifier.withUnsafeBufferPointer { identifier in
            withBytes(pin.map { $0 + [0] }) { pin in
                guard let module = texts[5] else { return token_no_module }
                var question = token_question(
                    module: module, token: texts[0], serial: texts[1], manufacturer: texts[2], model: texts[3],
                    slot: slot,
                    label: texts[4], identifier: uri.identifier == nil ? nil : identifier.baseAddress,
                    identifier_length: identifier.count, pin: pin)
                return token_ask(&question, &code, &reason, reason.count)
            }
        }
        func failure(_ kind: ProviderFailure.Kind, _ detail: String = "") -> X509Error {
            .provider(ProviderFailure(.pkcs11, kind, detail))
        }
        switch answer {
        case token_has_key: return
        case token_no_module:
            let words = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw failure(.noModule, words.isEmpty ? module : words)
        case token_absent: throw failure(.noToken, uri.name)
        case token_wants_pin: throw failure(.noPIN, uri.name)
        case token_refuses_pin: throw failure(.wrongPIN)
        case token_is_locked: throw failure(.lockedPIN)
        case token_has_one_try: throw failure(.lastPIN)
        case token_without_key: throw failure(.noKey, uri.name)
        default: throw failure(.failed, "\(module) answers 0x" + String(code, radix: 16, uppercase: true))
        }
    }

    /// The PIN in the address, or the first line of its file; nil if it names neither.
    private static func pin(of uri: TokenURI) throws(X509Error) -> [UInt8]? {
        if let pin = uri.pin { return pin }
        guard let path = uri.pinSource else { return nil }
        guard let file = fopen(path, "re") else {
            throw .provider(ProviderFailure(.pkcs11, .unreadablePIN, "\(path): \(String(cString: strerror(errno)))"))
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count).prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0 })
    }

    private static func withBytes<Result>(_ bytes: [UInt8]?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: CChar.self)) }
    }
}
