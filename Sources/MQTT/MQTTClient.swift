import CMosquitto
import Glibc
import Sockets

/// A synchronous MQTT 3.1.1 client over libmosquitto, to be used by one thread.
///
/// Nothing happens between calls: a connection that is kept open in silence for longer than the keep-alive time needs a
/// call of `receive` or `nextMessage` in the meantime. Every wait ends as soon as something happens, at its deadline, or
/// at most 100 ms after `interrupted` begins to say so; a signal ends it at once.
///
/// From the first client on the process ignores SIGPIPE; libmosquitto sees to that.
public final class MQTTClient {
    let options: MQTTOptions
    let library: MosquittoLibrary
    let waiter: Waiter
    let interrupted: () -> Bool
    let endpoint: MQTTError.Endpoint
    var session: Session?
    /// Says which addresses the host has.
    var resolver = AddressLookup.system
    /// The topic that was published to last, known to be valid.
    var checkedTopic: String?

    /// Opens libmosquitto, and no connection. Throws `libraryMissing` or `invalidOption`.
    ///
    /// - Parameter interrupted: Asked before and during each wait; true ends it with `MQTTError.interrupted`.
    public convenience init(_ options: MQTTOptions, interrupted: @escaping () -> Bool = { false }) throws(MQTTError) {
        try options.validate()
        self.init(options, try MosquittoLibrary.open(), interrupted: interrupted)
    }

    /// Takes options that are valid.
    init(_ options: MQTTOptions, _ library: MosquittoLibrary, interrupted: @escaping () -> Bool) {
        self.options = options
        self.library = library
        self.interrupted = interrupted
        waiter = Waiter(interrupted: interrupted)
        endpoint = MQTTError.Endpoint(host: options.host, port: options.port)
    }

    /// Whether CONNECT was accepted and nothing has ended the connection since, as far as seen.
    public var isConnected: Bool { session.map { $0.ended == nil } ?? false }

    /// How many messages that were published over this connection are done: written at QoS 0, acknowledged at QoS 1,
    /// completed at QoS 2. Known until `disconnect`, also when the connection has ended.
    public var delivered: Int { session?.inbox.delivered ?? 0 }

    /// Tells the broker that the connection ends. If the socket takes no more bytes, it waits at most one second for it,
    /// and not at all after an interruption.
    ///
    /// What was published and not waited for with `waitForDelivery` may be lost. Does nothing without a connection.
    public func disconnect() {
        guard let session else { return }
        self.session = nil
        guard session.ended == nil else { return }
        let deadline = ContinuousClock.now + .seconds(1)
        do throws(MQTTError) {
            try session.sendDisconnect()
            session.relay.push()
            while !session.relay.isLeft || session.relay.hasOutput {
                guard session.relay.stop == nil, ContinuousClock.now < deadline else { return }
                try wait(for: session, until: deadline)
                if session.descriptor >= 0, !session.hasEndedSending { try session.write() }
                session.relay.push()
            }
            session.relay.wire.shutDown()
        } catch {
            // The connection is gone, which was the aim.
        }
    }

    /// The session, as long as it can send. Throws what ended it, or `notConnected`.
    func active() throws(MQTTError) -> Session {
        guard let session else { throw .notConnected }
        if let ended = session.ended { throw ended }
        return session
    }

    /// Moves bytes both ways until `done` says so. Returns false at the deadline.
    ///
    /// `idle` is called before each wait, when everything that had arrived has been handled. With `gathering`, a stream
    /// of messages is let come in for a moment after each burst: to be woken for every message costs the broker, which
    /// does the waking, more than the message itself.
    func run(
        _ session: Session, until deadline: ContinuousClock.Instant?, gathering: Bool = false, idle: () -> Void = {},
        _ done: () -> Bool
    ) throws(MQTTError) -> Bool {
        var turns = 0
        var handled = session.inbox.events
        while !done() {
            if let ended = session.ended { throw ended }
            turns &+= 1
            let before = session.inbox.events
            let mayHaveMore = try session.read()
            if session.libraryWantsToWrite { try session.write() }
            let isBusy = mayHaveMore && session.inbox.events != before
            if isBusy, turns % 64 != 0 { continue }
            session.relay.push()
            if done() { break }
            let isLast = deadline.map { ContinuousClock.now >= $0 } ?? false
            if isLast { return false }
            try session.housekeep()
            try waiter.check()
            if isBusy || mayHaveMore { continue }
            idle()
            if gathering, session.inbox.events - handled >= 16 {
                usleep(300)
            } else {
                session.acknowledgeAtOnce()
                try wait(for: session, until: deadline)
            }
            handled = session.inbox.events
        }
        return true
    }

    /// Waits at most 100 ms, after a write, until something has come or what is left can be written.
    ///
    /// libmosquitto 2.1 wants to write where it can only wait for the broker. If it keeps wanting to although its socket
    /// takes bytes, it is left alone for 2 ms each time.
    func wait(for session: Session, until deadline: ContinuousClock.Instant?) throws(MQTTError) {
        let wantsToWrite = session.descriptor >= 0 && session.libraryWantsToWrite
        func entries(_ wantsToWrite: Bool) -> [pollfd] {
            let events = wantsToWrite ? POLLIN | POLLOUT : POLLIN
            return session.relay.interests + [pollfd(fd: session.descriptor, events: Int16(events), revents: 0)]
        }
        guard wantsToWrite else {
            _ = try waiter.slice(entries(false), until: deadline)
            return
        }
        let found = try waiter.slice(entries(true), until: .now)
        guard found.last == Int16(POLLOUT), found.dropLast().allSatisfy({ $0 == 0 }) else {
            session.futileWrites = 0
            if found.allSatisfy({ $0 == 0 }) { _ = try waiter.slice(entries(true), until: deadline) }
            return
        }
        // The first times the socket may have become free since the write.
        session.futileWrites += 1
        guard session.futileWrites > 3 else { return }
        let pause = ContinuousClock.now + .milliseconds(2)
        _ = try waiter.slice(entries(false), until: min(deadline ?? pause, pause))
    }
}
