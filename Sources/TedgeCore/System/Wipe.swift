import Foundation

extension [UInt8] {
    /// Overwrites the bytes, in a way that the compiler does not leave out, and empties the array.
    mutating func wipe() {
        unsafe withUnsafeMutableBytes { buffer in
            if let address = buffer.baseAddress { unsafe explicit_bzero(address, buffer.count) }
        }
        self = []
    }
}
