import Foundation

/// The descriptors 0, 1 and 2.
public enum StandardStreams {
    /// Opens a replacement for each of them that the caller has closed, so that no file or connection gets one of these
    /// numbers and receives printed text. Reading finds nothing, and writing to stdout fails as it would with a closed
    /// one (`EBADF`).
    public static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // open() returns the lowest free number. Without /dev, for example in a chroot, open a directory.
            let access = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR
            if unsafe Foundation.open("/dev/null", access) < 0 { _ = unsafe Foundation.open("/", O_RDONLY) }
        }
    }
}
