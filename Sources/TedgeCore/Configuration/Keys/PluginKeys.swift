extension SettingTable {
    /// Directories of plugins.
    static let plugins: [SettingKey] = [
        SettingKey(
            "diag.plugin_paths", .list, .constant("/usr/share/tedge/diag-plugins"),
            doc: "The directories with the plugins that collect data for a diagnosis.",
            examples: ["/usr/share/diag-plugins,/etc/tedge/diag-plugins"]),
        SettingKey(
            "log.plugin_paths", .list, .constant("/usr/share/tedge/log-plugins"),
            doc: "The directories with the plugins that find and read logs; of two plugins with one name the first "
                + "counts.",
            examples: ["/usr/share/log-plugins,/etc/tedge/log-plugins"]),
        SettingKey(
            "configuration.plugin_paths", .list, .constant("/usr/share/tedge/config-plugins"),
            doc: "The directories with the plugins that read and write configurations; of two plugins with one name "
                + "the first counts.",
            examples: ["/usr/share/tedge/config-plugins,/usr/local/share/tedge/config-plugins"]),
    ]

    /// Scripts that transform messages inside the mapper.
    static let flows: [SettingKey] = [
        SettingKey(
            "flows.memory.heap_size", .number, .constant("16777216"),
            doc: "How many bytes of heap the scripts of all flows may use together.", examples: ["16777216"]),
        SettingKey(
            "flows.memory.stack_size", .number, .constant("262144"),
            doc: "How many bytes of stack a script may use.", examples: ["262144"]),
        SettingKey(
            "flows.stats.interval", .duration, .constant("1h"),
            doc: "How often the statistics of the flows are published.", examples: ["1h"]),
        SettingKey(
            "flows.stats.on_message", .flag, .constant("false"),
            doc: "Whether the statistics count the time that scripts take for each message.", examples: []),
        SettingKey(
            "flows.stats.on_interval", .flag, .constant("false"),
            doc: "Whether the statistics count the time that scripts take for their periodic work.", examples: []),
        SettingKey(
            "flows.stats.on_startup", .flag, .constant("false"),
            doc: "Whether the statistics count the time that scripts take when they start.", examples: []),
        SettingKey(
            "flows.params.keep_on_delete", .flag, .constant("false"),
            doc: "Whether the parameters of a flow stay when the flow is deleted.", examples: []),
    ]
}
