import Glibc
import TestSupport
import Testing

/// The tests on a throwaway device, one after the other; each file adds a suite inside this one.
@Suite(
    "on a device", .serialized,
    .enabled(if: Device.refusal == nil, Comment(rawValue: Device.refusal ?? "a device can be made")))
struct SystemTests {}

extension Device {
    /// The one device that all suites share, with the release executable as `/usr/bin/tedge`.
    private static let shared: Result<Device, any Error> = Result {
        let device = try Device(tedge: releaseExecutable)
        atexit { (try? Device.shared.get())?.down() }
        return device
    }

    /// The shared device, put back to where it started: nothing configured, mosquitto stopped and disabled.
    static func fresh(mapper: Mapper = .new, agent: Bool = true) throws -> Device {
        let device = try shared.get()
        try device.reset(mapper: mapper, agent: agent)
        return device
    }
}
