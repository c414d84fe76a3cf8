import Foundation

/// Notices the end of a child process.
///
/// Foundation notices it by a socket that is also inherited by the processes that the child starts, so it would wait for
/// daemons that the child leaves running.
final class ProcessWatch {
    private let process: Process
    /// A descriptor that becomes readable when the process ends; -1 if the system has none.
    let descriptor: Int32

    private typealias Opener = @convention(c) (pid_t, UInt32) -> Int32

    /// pidfd_open(2), which Linux has since 5.3 and glibc since 2.36.
    private static let open: Opener? = unsafe dlsym(nil, "pidfd_open").map { unsafe unsafeBitCast($0, to: Opener.self) }

    init(_ process: Process) {
        self.process = process
        descriptor = Self.open?(process.processIdentifier, 0) ?? -1
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// How the process ended; nil while it runs. Leaves it to Foundation to collect the process.
    func ending() -> ProcessResult.Ending? {
        var information = unsafe siginfo_t()
        let identifier = id_t(process.processIdentifier)
        guard unsafe waitid(P_PID, identifier, &information, WEXITED | WNOHANG | WNOWAIT) == 0 else {
            return collected()
        }
        guard unsafe information._sifields._sigchld.si_pid != 0 else { return nil }
        let status = unsafe information._sifields._sigchld.si_status
        return unsafe information.si_code == CLD_EXITED ? .exited(status) : .signalled(status)
    }

    private func collected() -> ProcessResult.Ending? {
        guard !process.isRunning else { return nil }
        let status = process.terminationStatus
        return process.terminationReason == .exit ? .exited(status) : .signalled(status)
    }
}
