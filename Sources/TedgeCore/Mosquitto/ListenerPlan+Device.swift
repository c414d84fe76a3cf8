extension ConnectionInputs {
    /// What is to be written for the listeners on this device. Changes nothing. Throws `MosquittoConfigurationError` if they do
    /// not fit into mosquitto's configuration.
    ///
    /// - Parameter mayInclude: Whether the caller may and will change mosquitto's main file.
    func listenerPlan(_ manager: ServiceManager, mayInclude: Bool, in context: Context) throws -> ListenerPlan {
        let dialect = MosquittoDialect(version: mosquittoVersion.text(in: context))
        // Another service manager may start mosquitto with an unknown main file, unless that one has links of ours already.
        let isKnown =
            manager.isDefault
            || !LinkDirectory.beside(context.mosquittoConfiguration)
                .links(to: BridgePaths.directory(in: context.configurationDirectory), context.files).isEmpty
        var planner = try ListenerPlanner(
            settings, listeners, main: context.mosquittoConfiguration, dialect: dialect,
            mayInclude: mayInclude && isKnown && context.ownsMosquitto, in: context)
        planner.bridges = [paths.bridge]
        guard planner.isReadable, isKnown || planner.isIncluded else {
            return ListenerPlan(text: listeners.map { ListenerPlanner.usualText($0, dialect) })
        }
        return try planner.plan()
    }
}

extension ListenerPlanner {
    /// A planner for this device.
    ///
    /// - Parameter mayInclude: Whether the main file may get a line.
    init(
        _ settings: Settings, _ listeners: ListenerConfiguration?, main: String, dialect: MosquittoDialect,
        mayInclude: Bool, in context: Context
    ) throws {
        self.init(
            files: context.files, main: main, directory: BridgePaths.directory(in: context.configurationDirectory),
            path: BridgePaths.listeners(in: context.configurationDirectory), listeners: listeners, dialect: dialect,
            hasCredentials: try settings.string("mqtt.client.auth.username") != nil, mayInclude: mayInclude)
    }

    /// Whether the main file exists and the caller may read it.
    var isReadable: Bool { files.isReadable(main) && files.exists(main) }

    /// Whether mosquitto reads our directory, or our listeners by a link, already.
    var isIncluded: Bool {
        let found = MosquittoFiles(main: main, files: files)
        return !found.inclusions(of: directory, files: files).isEmpty || !found.names(of: path, files: files).isEmpty
    }
}

extension MosquittoDialect {
    /// The dialect of the mosquitto of this device.
    init(in context: Context) {
        self.init(
            version: MosquittoVersion.text(
                context.processes, context.interruption, program: context.mosquittoUnit?.program))
    }
}
