import CMosquitto

/// libmosquitto's functions, opened and initialised once at the first use and never closed.
///
/// libmosquitto makes the process ignore SIGPIPE with the first client, so that a broker that goes away is an error
/// number and not the end of the process.
final class MosquittoLibrary: @unchecked Sendable {
    /// The file that the Debian package libmosquitto1 installs.
    static let fileName = "libmosquitto.so.1"

    /// Not changed after `init`, hence unchecked but safe to share.
    let call: mosquitto_functions

    private static let opened = Result { () throws(MQTTError) in try MosquittoLibrary(fileName: fileName) }

    /// The one library of the process. Throws `libraryMissing`.
    static func open() throws(MQTTError) -> MosquittoLibrary { try opened.get() }

    /// Throws `libraryMissing` with the dynamic linker's reason.
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

    /// Takes functions of a library that is initialised.
    init(_ call: mosquitto_functions) { self.call = call }

    /// An unexpected result with the library's words for it.
    func failure(_ result: Int32) -> MQTTError {
        .library(code: result, reason: call.mosquitto_strerror(result).map { String(cString: $0) } ?? "unknown")
    }
}

/// libmosquitto as a whole.
public enum MQTTLibrary {
    /// Opens it, unless it is open. Throws `libraryMissing`.
    public static func open() throws(MQTTError) { _ = try MosquittoLibrary.open() }
}

extension mosq_err_t {
    /// As the functions return it.
    var code: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: Int64(rawValue))) }
}
