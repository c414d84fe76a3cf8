import TestSupport
import Testing

extension SystemTests {
    /// What public scripts do with `tedge` as root (see `Tests/Scripts`).
    @Suite("scripts of others on a device") struct ScriptTests {
        @Test("each command line ends as the script expects")
        func scripts() throws {
            let device = try Device.fresh()
            let cloud = try DeviceCloud(on: device)
            try cloud.register("renewal-1", oneTimePassword: "otp-renewal")
            let script = try runChild([packageDirectory + "/Tests/Scripts/run", "--print", "on-device"]).stdout
            let outcome = try device.run(["sh", "-c", script], timeout: .seconds(120))
            #expect(outcome.status == 0, "\(outcome.stderr)")
        }
    }
}
