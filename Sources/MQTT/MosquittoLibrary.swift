import CMosquitto

/// libmosquitto's functions. The library is opened and initialised once, at its first use, and never closed.
///
/// With the first client, libmosquitto makes the process ignore SIGPIPE, so a broker that disappears causes an error
/// number and does not end the process.
final class MosquittoLibrary: @unchecked Sendable {
    /// The library file of the Debian package libmosquitto1.
    static let fileName = "libmosquitto.so.1"

    /// Never changed after `init`, so it is safe to share although unchecked.
    let call: mosquitto_functions

    private static let opened = Result { () throws(MQTTError) in try MosquittoLibrary(fileName: fileName) }

    /// The only instance in the process. Throws `libraryMissing` if libmosquitto cannot be opened.
    static func open() throws(MQTTError) -> MosquittoLibrary { try opened.get() }

    /// Throws `libraryMissing` with the reason of the dynamic linker.
    init(fileName: String) throws(MQTTError) {
        let table = UnsafeMutablePointer<mosquitto_functions>.allocate(capacity: 1)
        defer { table.deallocate() }
        if let reason = mosquitto_load(table, fileName) {
            throw .libraryMissing(reason: String(cString: reason))
        }
        call = table.pointee
        let result = call.mosquitto_lib_init()
        guard result == MOSQ_ERR_SUCCESS.code else { throw failure(result) }
    }

    /// Uses the functions of an initialised library.
    init(_ call: mosquitto_functions) { self.call = call }

    /// An unexpected result, with the text of the library for it.
    func failure(_ result: Int32) -> MQTTError {
        .library(code: result, reason: call.mosquitto_strerror(result).map { String(cString: $0) } ?? "unknown")
    }
}

/// libmosquitto as a whole.
public enum MQTTLibrary {
    /// Opens libmosquitto if it is not open yet. Throws `libraryMissing` if it cannot be opened.
    public static func open() throws(MQTTError) { _ = try MosquittoLibrary.open() }

    /// The version of the library, such as `2.0.11`; nil if it cannot be opened.
    public static var version: String? {
        guard let library = try? MosquittoLibrary.open() else { return nil }
        var (major, minor, revision) = (Int32(0), Int32(0), Int32(0))
        _ = library.call.mosquitto_lib_version(&major, &minor, &revision)
        return "\(major).\(minor).\(revision)"
    }
}

extension mosq_err_t {
    /// The code as the library's functions return it.
    var code: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: Int64(rawValue))) }
}
