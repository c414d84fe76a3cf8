import COpenSSL
import Glibc

/// libssl with libcrypto, opened once per process.
struct SSLLibrary: @unchecked Sendable {
    // The table holds pointers to functions and never changes.
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

    /// Returns the functions. Throws `libraryMissing` if libssl cannot be opened.
    static func open() throws(TLSError) -> ssl_functions { try opened.get().call }
}

extension ssl_functions {
    /// Returns the first error of the last failure and clears OpenSSL's error queue.
    func takeError() -> UInt {
        defer { ERR_clear_error() }
        return ERR_get_error()
    }

    /// The text of OpenSSL for an error code.
    func words(_ code: UInt) -> String {
        ERR_reason_error_string(code).map { String(cString: $0) } ?? "unknown error"
    }

    /// The time of a certificate in seconds since 1970.
    func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int64(timegm(&parts))
    }
}
