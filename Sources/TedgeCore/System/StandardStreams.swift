import Foundation

/// The descriptors 0, 1 and 2.
public enum StandardStreams {
    /// Opens `/dev/null` in the place of those that the caller has closed, so that no file or connection gets one of these
    /// numbers, and with it what is printed.
    public static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free.
            _ = unsafe Foundation.open("/dev/null", O_RDWR)
        }
    }
}
