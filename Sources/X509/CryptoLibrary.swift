import COpenSSL

/// libcrypto, opened once per process.
struct CryptoLibrary: @unchecked Sendable {
    // The pointers of the table are functions, and the table never changes.
    let functions: crypto_functions

    private static let opened: Result<CryptoLibrary, X509Error> = {
        let table = UnsafeMutablePointer<crypto_functions>.allocate(capacity: 1)
        defer { table.deallocate() }
        memset(table, 0, MemoryLayout<crypto_functions>.size)
        if let reason = crypto_load(table, "libcrypto.so.3") {
            return .failure(.libraryMissing(reason: String(cString: reason)))
        }
        return .success(CryptoLibrary(functions: table.pointee))
    }()

    /// The functions. Throws `libraryMissing`.
    static func open() throws(X509Error) -> crypto_functions {
        try opened.get().functions
    }

    /// The functions, for objects of the library, which cannot exist without it.
    static var functions: crypto_functions {
        guard case .success(let library) = opened else {
            fatalError("an object of libcrypto without libcrypto")
        }
        return library.functions
    }
}

extension crypto_functions {
    /// The last error that OpenSSL reported. Clears the queue of errors.
    func error(_ step: X509Error.Step) -> X509Error {
        var reason: String?
        var code = ERR_get_error()
        while code != 0 {
            if crypto_is_bad_password(code) != 0 {
                ERR_clear_error()
                return .encryptedKey
            }
            if reason == nil, let text = ERR_reason_error_string(code) { reason = String(cString: text) }
            code = ERR_get_error()
        }
        return .openSSL(step, reason: reason)
    }

    /// Why no object could be read from PEM: `noPEM` at the end of the text, else OpenSSL's reason. Clears the queue of errors.
    func pemError(_ step: X509Error.Step, label: String) -> X509Error {
        let code = ERR_get_error()
        let reason = ERR_reason_error_string(code).map { String(cString: $0) }
        ERR_clear_error()
        return crypto_is_end_of_pem(code) != 0 ? .noPEM(label: label) : .openSSL(step, reason: reason)
    }

    /// Reads PEM from bytes.
    func reading<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) throws(X509Error) -> Result) throws(X509Error)
        -> Result
    {
        ERR_clear_error()
        return try withBytes(bytes) { buffer throws(X509Error) in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else {
                throw error(.memory)
            }
            defer { _ = BIO_free(bio) }
            return try body(bio)
        }
    }

    private func withBytes<Result>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(X509Error) -> Result
    ) throws(X509Error) -> Result {
        let outcome = bytes.withUnsafeBytes { buffer -> Swift.Result<Result, X509Error> in
            do throws(X509Error) {
                return .success(try body(buffer))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Returns the PEM that a function writes. OpenSSL's copy is overwritten.
    func writing(_ step: X509Error.Step, _ body: (OpaquePointer) -> Int32) throws(X509Error) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { throw error(.memory) }
        defer { _ = BIO_free(bio) }
        guard body(bio) == 1 else { throw error(step) }
        var start: UnsafeMutablePointer<UInt8>?
        let count = withUnsafeMutablePointer(to: &start) { BIO_ctrl(bio, BIO_CTRL_INFO, 0, $0) }
        guard let start, count > 0 else { throw error(step) }
        defer { OPENSSL_cleanse(start, count) }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }
}
