import Foundation

/// Core dumps, the memory of a process that the system writes to a file when it crashes.
public enum CoreDump {
    /// Disables core dumps of this process, because they could contain a password or a private key. Users other than root can
    /// also no longer read its memory: PR_SET_DUMPABLE of prctl(2). Programs that it starts are not affected.
    public static func forbid() {
        // Swift imports no function with a variable number of arguments; integers are passed in the same registers.
        typealias Call = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        guard let symbol = unsafe dlsym(nil, "prctl") else { return }
        _ = unsafe unsafeBitCast(symbol, to: Call.self)(4, 0, 0, 0, 0)
    }
}
