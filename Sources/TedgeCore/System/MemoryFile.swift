import Foundation

/// A file that exists only in memory, memfd_create(2).
enum MemoryFile {
    private typealias Call = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32

    /// Opens a file with these contents, positioned at its beginning; nil if the system has no such files.
    static func descriptor(_ contents: [UInt8]) -> Int32? {
        guard let symbol = unsafe dlsym(nil, "memfd_create") else { return nil }
        let create = unsafe unsafeBitCast(symbol, to: Call.self)
        let descriptor = unsafe "tedge".withCString { unsafe create($0, 1) }  // MFD_CLOEXEC
        guard descriptor >= 0 else { return nil }
        var rest = contents[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                close(descriptor)
                return nil
            }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }
}
