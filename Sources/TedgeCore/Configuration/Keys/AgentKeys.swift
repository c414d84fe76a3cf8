extension SettingTable {
    /// The agent and the software on the device.
    static let agent: [SettingKey] = [
        SettingKey(
            "agent.state.path", .path, .constant("/data/tedge/agent"),
            doc: "The directory for tedge-agent's state, which must survive a restart and a firmware update.",
            examples: ["/data/tedge/agent"]),
        SettingKey(
            "agent.enable.config_update", .flag, .constant("true"),
            doc: "Whether tedge-agent replaces configuration files on request.", examples: ["true"]),
        SettingKey(
            "agent.enable.config_snapshot", .flag, .constant("true"),
            doc: "Whether tedge-agent uploads configuration files on request.", examples: ["true"]),
        SettingKey(
            "agent.enable.log_upload", .flag, .constant("true"),
            doc: "Whether tedge-agent uploads log files on request.", examples: ["true"]),
        SettingKey(
            "agent.entity_store.auto_register", .flag, .constant("true"),
            doc: "Whether tedge-agent registers child devices and services at their first message.",
            examples: ["true"], older: ["c8y.entity_store.auto_register"]),
        SettingKey(
            "agent.entity_store.clean_start", .flag, .constant("false"),
            doc: "Whether tedge-agent starts with an empty list of child devices and services.",
            examples: ["true"], older: ["c8y.entity_store.clean_start"]),
    ]

    /// Software management.
    static let software: [SettingKey] = [
        SettingKey(
            "software.plugin.default", .text,
            doc: "The type of software to use if a request names none.",
            note: "It is not needed if only one plugin is installed.",
            examples: ["apt"], older: ["software.default_plugin_type"]),
        SettingKey(
            "software.plugin.max_packages", .number, .constant("1000"),
            doc: "The largest number of packages of one type to report; 0 means all.", examples: ["1000"]),
        SettingKey(
            "software.plugin.include", .text,
            doc: "A regular expression; only packages whose names match are reported.", examples: ["^(tedge|c8y).*"]),
        SettingKey(
            "software.plugin.exclude", .text,
            doc: "A regular expression; packages whose names match are left out, unless software.plugin.include "
                + "matches them as well.",
            examples: ["^(glibc|lib|kernel-|iptables-module).*"]),
    ]

    /// Directories and files of the running services.
    static let paths: [SettingKey] = [
        SettingKey(
            "run.path", .path, .constant("/run"),
            doc: "The directory for files that need not survive a restart, such as lock files.", examples: ["/run"]),
        SettingKey(
            "run.lock_files", .flag, .constant("true"),
            doc: "Whether services create lock files so that none runs twice.", examples: ["true"]),
        SettingKey(
            "run.log_memory_interval", .duration, .constant("0"),
            doc: "How often services log how much memory they use; 0 means never.", examples: ["60s"]),
        SettingKey(
            "logs.path", .path, .constant("/var/log/tedge"),
            doc: "The directory for log files.", examples: ["/var/log/tedge"]),
        SettingKey(
            "logs.max_per_operation", .counts, .constant("*:5, software_list:1"),
            doc: "How many log files of each operation tedge-agent keeps.",
            note:
                "Entries are NAME:COUNT, and * stands for all operations without an entry of their own. An empty list "
                + "keeps all files. The agent must be restarted to notice a change.",
            examples: ["*:5,software_list:1"]),
        SettingKey(
            "tmp.path", .path, .constant("/tmp"),
            doc: "The directory for temporary files, such as downloads.", examples: ["/tmp"]),
        SettingKey(
            "data.path", .path, .constant("/var/tedge"),
            doc: "The directory for large files, such as those that child devices download.", examples: ["/var/tedge"]),
    ]

    /// Updates and health messages.
    static let services: [SettingKey] = [
        SettingKey(
            "firmware.child.update.timeout", .duration, .constant("1h"),
            doc: "How long a firmware update of a child device may take before it is reported as failed.",
            examples: ["1h"], older: ["firmware.child_update_timeout"]),
        SettingKey(
            "service.type", .text, .constant("service"),
            doc: "The type to report for services on the device.", examples: ["systemd"]),
        SettingKey(
            "service.timestamp_format", .choice(.timeFormat), .constant("unix"),
            doc: "The format of times in health messages: text (rfc-3339) or seconds since 1970 (unix).",
            examples: ["rfc-3339", "unix"]),
    ]

    /// The apt plugin and the right to write files of other users.
    static let system: [SettingKey] = [
        SettingKey(
            "apt.name", .text,
            doc: "A regular expression; the apt plugin lists only packages whose names match.", examples: ["tedge.*"]),
        SettingKey(
            "apt.maintainer", .text,
            doc: "A regular expression; the apt plugin lists only packages whose maintainers match.",
            examples: ["thin-edge.io team.*"]),
        SettingKey(
            "apt.dpkg.options.config", .choice(.aptConfig), .constant("keepold"),
            doc: "Which configuration file to keep if an update brings a new version of a file that was edited on the "
                + "device: the edited one (keepold) or the new one (keepnew).",
            examples: ["keepold", "keepnew"], older: ["apt.dpk.options.config"]),
        SettingKey(
            "sudo.enable", .flag, .constant("true"),
            doc: "Whether services use sudo to write files that belong to other users.", examples: ["true", "false"]),
    ]
}
