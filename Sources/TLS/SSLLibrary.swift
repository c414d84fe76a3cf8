import COpenSSL
import Glibc

/// libssl with libcrypto, opened once per process.
struct SSLLibrary: @unchecked Sendable {
    // The pointers of the table are functions, and the table never changes.
    let call: ssl_functions

    private static let opened: Result<SSLLibrary, TLSError> = {
        let table = UnsafeMutablePointer<ssl_functions>.allocate(capacity: 1)
        defer { table.deallocate() }
        memset(table, 0, MemoryLayout<ssl_functions>.size)
        if let reason = ssl_load(table, "libssl.so.3") {
            return .failure(.libraryMissing(reason: String(cString: reason)))
        }
        return .success(SSLLibrary(call: table.pointee))
    }()

    /// The functions. Throws `libraryMissing`.
    static func open() throws(TLSError) -> ssl_functions { try opened.get().call }
}

extension ssl_functions {
    /// What OpenSSL said first about the last failure, and nothing of it is left behind.
    func takeError() -> UInt {
        defer { ERR_clear_error() }
        return ERR_get_error()
    }

    /// An error in OpenSSL's words.
    func words(_ code: UInt) -> String {
        ERR_reason_error_string(code).map { String(cString: $0) } ?? "unknown error"
    }

    /// A certificate's time in seconds since 1970.
    func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int64(timegm(&parts))
    }
}
