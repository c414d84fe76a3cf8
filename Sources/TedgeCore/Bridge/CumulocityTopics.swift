extension Cloud {
    /// The topics of SmartREST and of the JSON interface of Cumulocity, which the mapper of thin-edge.io uses.
    static let cumulocityTopics: @Sendable (TopicValues) -> [BridgeTopic] = { values in
        let local = "\(values.prefix)/"
        var topics: [BridgeTopic] = []
        func add(_ pattern: String, _ direction: BridgeTopic.Direction, _ qos: Int = 1) {
            topics.append(BridgeTopic(pattern, direction, qos, local: local))
        }
        add("s/dt", .in)
        add("s/ut/#", .out)
        for kind in ["s", "t", "q", "c"] { add("\(kind)/us/#", .out) }
        add("s/ds", .in)
        add("s/e", .in, 0)
        for kind in ["s", "t", "q", "c"] { add("\(kind)/uc/#", .out) }
        add("s/dc/#", .in)
        add("inventory/managedObjects/update/#", .out)
        for (resource, collection) in [("measurement", "measurements"), ("event", "events"), ("alarm", "alarms")] {
            add("\(resource)/\(collection)/create", .out)
            add("\(resource)/\(collection)/createBulk", .out)
        }
        add("devicecontrol/notifications", .in)
        add("error", .in)
        if values.usesCertificate {
            add("s/uat", .out, 0)
            add("s/dat", .in, 0)
        }
        for template in values.templates {
            add("s/uc/\(template)", .out)
            add("s/dc/\(template)", .in)
        }
        if !values.firstTemplates.isEmpty {
            for kind in ["s", "t", "q", "c"] { add("\(kind)/ul/#", .out) }
            add("s/dl", .in)
        }
        for template in values.firstTemplates {
            add("s/ul/\(template)", .out)
            add("s/dl/\(template)", .in)
            add("s/ol/\(template)", .in)
        }
        if let service = values.serviceTopics {
            topics.append(BridgeTopic("#", .out, 1, local: "\(values.prefix)/mqtt/out/"))
            topics += service.map { BridgeTopic($0, .in, 1, local: "\(values.prefix)/mqtt/in/") }
        }
        return topics
    }
}
