import CMosquitto

/// The reports of libmosquitto's callbacks that the client has not read yet.
///
/// libmosquitto is used without its threads: it calls callbacks only during a call of the client.
final class Inbox {
    /// The return code of CONNACK; nil before it arrives.
    var connack: Int32?
    /// Unfinished messages passed to libmosquitto; a message is done when it is written at QoS 0, acknowledged at QoS 1,
    /// completed at QoS 2.
    var outstanding = 0
    /// How many messages are done.
    private(set) var delivered = 0
    /// The granted QoS, or 0x80, of each SUBACK by packet id.
    var grants: [Int32: Int32] = [:]
    /// Incremented by every callback.
    private(set) var events = 0

    /// Receives messages as they arrive, until it returns false.
    var sink: ((RawSpan, RawSpan, MQTTDelivery) -> Bool)?
    /// Messages that arrived while there was no sink; entries that were read are nil.
    private var waiting: [MQTTMessage?] = []
    private var taken = 0
    /// How many bytes are waiting, including the memory that a message needs besides its bytes.
    private var size = 0
    /// How many bytes may wait.
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Whether no message is waiting.
    var isEmpty: Bool { taken == waiting.count }

    /// Whether more bytes are waiting than allowed.
    var isOverfull: Bool { size > limit }

    /// Removes and returns the message that has waited longest.
    func next() -> MQTTMessage? {
        guard !isEmpty, let message = waiting[taken] else { return nil }
        waiting[taken] = nil
        taken += 1
        size -= Self.size(of: message)
        // Remove read entries in batches, so that each message is moved at most a few times.
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
            // The session ends before the next message.
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
    /// The user data with which callbacks find this inbox; valid as long as the inbox lives.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private static func at(_ context: UnsafeMutableRawPointer) -> Inbox {
        let inbox = Unmanaged<Inbox>.fromOpaque(context).takeUnretainedValue()
        inbox.events &+= 1
        return inbox
    }

    /// Makes `handle`, created with `context` as user data, report to this inbox.
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
