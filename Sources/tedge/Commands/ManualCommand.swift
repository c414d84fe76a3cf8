import ArgumentParsing
import TedgeCore

/// `tedge __manual`, which the package is built with.
struct ManualCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "__manual", abstract: "Print the manual page of this program.", isHidden: true)

    func run(in context: Context) -> CommandReport {
        var page = ManualPage(of: Program.parser, date: ProgramRelease.day)
        page.description = [
            """
            tedge puts an industrial gateway on an IoT cloud: it creates the certificate of the device, has the cloud trust it, \
            connects mosquitto to the cloud by a bridge, starts and enables the services, and proves that the cloud answers.
            """,
            "A command that fails restores what was there before, and says what happened, where, and what to type next.",
        ]
        page.environment = [
            .init("TEDGE_CONFIG_DIR", "The configuration directory, like --config-dir."),
            .init("TEDGE_CLOUD_PROFILE", "The profile of the cloud, like --profile."),
            .init("TEDGE_KEY", "The setting key, with underscores instead of dots, such as TEDGE_C8Y_URL for c8y.url."),
            .init("C8Y_USER", "The user of cert upload, like --user."),
            .init("C8Y_PASSWORD", "The password of cert upload."),
            .init("DEVICE_ID", "The device id of cert download, like --device-id."),
            .init("DEVICE_ONE_TIME_PASSWORD", "The one-time password of cert download."),
            .init(
                "DEVICE_NO_REGISTRATION_URL", "If true, cert download prints no address, like --no-registration-url."),
            .init("NO_COLOR", "If set and not empty, nothing is coloured."),
        ]
        page.files = [
            .init(
                "/etc/tedge/tedge.toml", "The settings; those of clouds may be in mappers/CLOUD/mapper.toml beside it."),
            .init("/etc/tedge/system.toml", "The commands of the service manager, and the owner of files."),
            .init("/etc/tedge/device-certs", "Key and certificate of the device."),
            .init("/etc/tedge/renewal-hooks", "Programs that run when a renewed certificate is in use."),
            .init("/etc/tedge/mosquitto-conf", "What mosquitto reads: listeners and bridges."),
            .init("/etc/mosquitto/mosquitto.conf", "The main file of mosquitto."),
        ]
        page.exitStatuses = ExitStatus.allCases.map { .init("\($0.rawValue)", $0.meaning) }
        page.examples = [
            .init("tedge config set c8y.url example.cumulocity.com", "Name the tenant:"),
            .init("tedge cert create --device-id gateway-1", "Create key and certificate:"),
            .init("tedge cert upload c8y --user admin", "Have the tenant trust the certificate:"),
            .init("tedge connect c8y", "Connect, and check the connection:"),
            .init("tedge doctor c8y", "Find out why a connection fails:"),
        ]
        page.seeAlso = [("mosquitto", 8), ("mosquitto.conf", 5), ("systemctl", 1)]
        return .printing(page.text, of: "__manual", as: "page", on: context.console)
    }
}
