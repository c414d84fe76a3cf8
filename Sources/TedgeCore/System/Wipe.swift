import Foundation

extension [UInt8] {
    /// Overwrites the bytes, which the compiler cannot optimize away, and empties the array.
    mutating func wipe() {
        unsafe withUnsafeMutableBytes { buffer in
            if let address = buffer.baseAddress { unsafe explicit_bzero(address, buffer.count) }
        }
        self = []
    }
}
