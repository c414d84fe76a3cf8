import Foundation

/// The descriptors 0, 1 and 2.
public enum StandardStreams {
    /// Opens something instead of those that the caller has closed, so that no file or connection gets one of these
    /// numbers, and with it what is printed. Reading finds nothing, and writing to stdout fails as it would have (`EBADF`).
    public static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free. Without /dev, as in a chroot, a directory takes it.
            let access = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR
            if unsafe Foundation.open("/dev/null", access) < 0 { _ = unsafe Foundation.open("/", O_RDONLY) }
        }
    }
}
