import Foundation

/// The image of a process that the system writes when it crashes.
public enum CoreDump {
    /// From now on this process leaves none, for it could hold a password or a private key, and others than root cannot look
    /// into its memory: PR_SET_DUMPABLE of prctl(2). Programs that it starts are not concerned.
    public static func forbid() {
        // Swift imports no function with a variable number of arguments; integers are passed in the same registers.
        typealias Call = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        guard let symbol = unsafe dlsym(nil, "prctl") else { return }
        _ = unsafe unsafeBitCast(symbol, to: Call.self)(4, 0, 0, 0, 0)
    }
}
