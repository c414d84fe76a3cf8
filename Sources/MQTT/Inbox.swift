import CMosquitto

/// What libmosquitto's callbacks have reported and the client has not looked at yet.
///
/// libmosquitto is used without its threads: callbacks come only from inside a call of the client.
final class Inbox {
    /// The return code of CONNACK.
    var connack: Int32?
    /// Messages handed to libmosquitto that are not done: QoS 0 written, QoS 1 acknowledged, QoS 2 completed.
    var outstanding = 0
    /// How many messages are done.
    private(set) var delivered = 0
    /// The granted QoS, or 0x80, of each SUBACK by packet id.
    var grants: [Int32: Int32] = [:]
    /// Rises with every callback.
    private(set) var events = 0

    /// Takes messages as they come, until it returns false.
    var sink: ((RawSpan, RawSpan, MQTTDelivery) -> Bool)?
    /// Messages that came while there was no sink; nil those that were taken.
    private var waiting: [MQTTMessage?] = []
    private var taken = 0
    /// How many bytes wait, with what a message needs besides.
    private var size = 0
    /// How many may wait.
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Whether a message waits.
    var isEmpty: Bool { taken == waiting.count }

    /// Whether more waits than may.
    var isOverfull: Bool { size > limit }

    /// The message that has waited longest.
    func next() -> MQTTMessage? {
        guard !isEmpty, let message = waiting[taken] else { return nil }
        waiting[taken] = nil
        taken += 1
        size -= Self.size(of: message)
        // Drops what was taken in batches, so that each message is moved at most a few times.
        if taken == waiting.count || taken >= 1024 {
            waiting.removeFirst(taken)
            taken = 0
        }
        return message
    }

    private static func size(of message: MQTTMessage) -> Int {
        message.payload.count + message.topic.utf8.count + 128
    }

    private func receive(_ message: mosquitto_message) {
        guard let topic = message.topic else { return }
        let topicBytes = UnsafeRawBufferPointer(start: topic, count: strlen(topic))
        let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        let qos = QoS(rawValue: UInt8(truncatingIfNeeded: message.qos)) ?? .atMostOnce
        if let sink {
            let delivery = MQTTDelivery(qos: qos, isRetained: message.retain)
            if !sink(topicBytes.bytes, payload.bytes, delivery) { self.sink = nil }
        } else {
            // The session ends before the next one.
            guard !isOverfull else { return }
            let new = MQTTMessage(
                topic: String(decoding: topicBytes, as: UTF8.self), payload: Array(payload), qos: qos,
                isRetained: message.retain)
            size += Self.size(of: new)
            waiting.append(new)
        }
    }
}

extension Inbox {
    /// The user data under which callbacks find this inbox again; valid as long as the inbox lives.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private static func at(_ context: UnsafeMutableRawPointer) -> Inbox {
        let inbox = Unmanaged<Inbox>.fromOpaque(context).takeUnretainedValue()
        inbox.events &+= 1
        return inbox
    }

    /// Has `handle`, made with `context` as user data, report here.
    func register(with handle: OpaquePointer, _ library: MosquittoLibrary) {
        library.call.mosquitto_connect_callback_set(handle) { _, context, code in
            guard let context else { return }
            Inbox.at(context).connack = code
        }
        library.call.mosquitto_publish_callback_set(handle) { _, context, _ in
            guard let context else { return }
            let inbox = Inbox.at(context)
            inbox.outstanding -= 1
            inbox.delivered += 1
        }
        library.call.mosquitto_subscribe_callback_set(handle) { _, context, packet, count, granted in
            guard let context, let granted, count > 0 else { return }
            Inbox.at(context).grants[packet] = granted[0]
        }
        library.call.mosquitto_message_callback_set(handle) { _, context, message in
            guard let context, let message else { return }
            Inbox.at(context).receive(message.pointee)
        }
    }
}
