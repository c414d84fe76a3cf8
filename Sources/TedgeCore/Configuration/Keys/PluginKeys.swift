extension SettingTable {
    /// Directories of plugins.
    static let plugins: [SettingKey] = [
        SettingKey(
            "diag.plugin_paths", .list, .constant("/usr/share/tedge/diag-plugins"),
            doc: "The directories with the plugins that collect data for a diagnosis.",
            examples: ["/usr/share/diag-plugins,/etc/tedge/diag-plugins"]),
        SettingKey(
            "log.plugin_paths", .list, .constant("/usr/share/tedge/log-plugins"),
            doc:
                "The directories with the plugins that find and read logs. If two plugins have the same name, the first "
                + "is used.",
            examples: ["/usr/share/log-plugins,/etc/tedge/log-plugins"]),
        SettingKey(
            "configuration.plugin_paths", .list, .constant("/usr/share/tedge/config-plugins"),
            doc: "The directories with the plugins that read and write configurations. If two plugins have the same "
                + "name, the first is used.",
            examples: ["/usr/share/tedge/config-plugins,/usr/local/share/tedge/config-plugins"]),
        SettingKey(
            "bootstrap.plugin_paths", .list, .inDirectoryAnd("bootstrap.d", "/usr/share/tedge/bootstrap.d"),
            doc: "The directories with the hooks of the bootstrap. If two hooks have the same name, the first is used.",
            examples: ["/etc/tedge/bootstrap.d,/usr/share/tedge/bootstrap.d"]),
    ]

    /// Scripts that transform messages inside the mapper.
    static let flows: [SettingKey] = [
        SettingKey(
            "flows.memory.heap_size", .number, .constant("16777216"),
            doc: "The size of the heap, in bytes, that the scripts of all flows share.", examples: ["16777216"]),
        SettingKey(
            "flows.memory.stack_size", .number, .constant("262144"),
            doc: "The size of the stack of a script, in bytes.", examples: ["262144"]),
        SettingKey(
            "flows.stats.interval", .duration, .constant("1h"),
            doc: "How often to publish the statistics of the flows.", examples: ["1h"]),
        SettingKey(
            "flows.stats.on_message", .flag, .constant("false"),
            doc: "Whether the statistics include the time that scripts take for each message.", examples: []),
        SettingKey(
            "flows.stats.on_interval", .flag, .constant("false"),
            doc: "Whether the statistics include the time that scripts take for their periodic work.", examples: []),
        SettingKey(
            "flows.stats.on_startup", .flag, .constant("false"),
            doc: "Whether the statistics include the time that scripts take when they start.", examples: []),
        SettingKey(
            "flows.params.keep_on_delete", .flag, .constant("false"),
            doc: "Whether to keep the parameters of a flow when the flow is deleted.", examples: []),
    ]
}
