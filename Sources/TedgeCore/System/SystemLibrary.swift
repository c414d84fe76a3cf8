import MQTT
import TLS
import X509

/// The libraries of the system that this program opens at their first use.
enum SystemLibrary: String, Sendable, CaseIterable {
    /// libcrypto: certificates and keys.
    case crypto = "libcrypto"
    /// libssl: connections over TLS.
    case ssl = "libssl"
    /// libmosquitto: connections to the local broker.
    case mosquitto = "libmosquitto"

    /// Opens the library. Returns the message of the dynamic linker if that fails, else nil.
    var problem: String? {
        do {
            switch self {
            case .crypto: try X509Library.open()
            case .ssl: try TLSLibrary.open()
            case .mosquitto: try MQTTLibrary.open()
            }
            return nil
        } catch X509Error.libraryMissing(let reason) {
            return reason
        } catch TLSError.libraryMissing(let reason) {
            return reason
        } catch MQTTError.libraryMissing(let reason) {
            return reason
        } catch {
            return "\(error)"
        }
    }

    /// The reason id if the library cannot be opened.
    var id: ReasonID {
        switch self {
        case .crypto, .ssl: .openSSLMissing
        case .mosquitto: .libmosquittoMissing
        }
    }

    /// The Debian package of the library.
    var package: String {
        switch self {
        case .crypto, .ssl: "libssl3"
        case .mosquitto: "libmosquitto1"
        }
    }

    /// How to install the library.
    var hint: String { "Run 'sudo apt install \(package)', or install it by other means, then run the command again." }
}

/// A library that a command needs cannot be opened.
struct LibraryError: ExplainedError, Equatable {
    let library: SystemLibrary
    /// The message of the dynamic linker.
    let reason: String

    var id: ReasonID { library.id }
    var causes: [String] { ["The library \(library.rawValue) cannot be opened.", reason] }
    var hint: String? { library.hint }
}

extension Context {
    /// Throws `LibraryError` if a library, or one that it depends on, cannot be opened: libmosquitto depends on libssl, and that
    /// on libcrypto.
    func require(_ library: SystemLibrary) throws(LibraryError) {
        for library in SystemLibrary.allCases.prefix(through: SystemLibrary.allCases.firstIndex(of: library) ?? 0) {
            if let reason = libraryProblem(library) { throw LibraryError(library: library, reason: reason) }
        }
    }
}
