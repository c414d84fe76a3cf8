import CMosquitto
import Glibc
import Sockets

/// A synchronous MQTT 3.1.1 client over libmosquitto, for use by one thread.
///
/// The client works only during calls: to keep a silent connection open for longer than the keep-alive time, call
/// `receive` or `nextMessage` in the meantime. Every wait ends as soon as something happens, at its deadline, or at most
/// 100 ms after `interrupted` starts to return true; a signal ends it at once.
///
/// libmosquitto makes the process ignore SIGPIPE as soon as the first client is created.
public final class MQTTClient {
    let options: MQTTOptions
    let library: MosquittoLibrary
    let waiter: Waiter
    let interrupted: () -> Bool
    let endpoint: MQTTError.Endpoint
    var session: Session?
    /// Returns the addresses of the host.
    var resolver = AddressLookup.system
    /// The last topic for publishing that was checked and found valid.
    var checkedTopic: String?

    /// Opens libmosquitto but does not connect. Throws `libraryMissing` or `invalidOption`.
    ///
    /// - Parameter interrupted: Called before and during each wait; true ends the wait with `MQTTError.interrupted`.
    public convenience init(_ options: MQTTOptions, interrupted: @escaping () -> Bool = { false }) throws(MQTTError) {
        try options.validate()
        self.init(options, try MosquittoLibrary.open(), interrupted: interrupted)
    }

    /// Uses options that were validated before.
    init(_ options: MQTTOptions, _ library: MosquittoLibrary, interrupted: @escaping () -> Bool) {
        self.options = options
        self.library = library
        self.interrupted = interrupted
        waiter = Waiter(interrupted: interrupted)
        endpoint = MQTTError.Endpoint(host: options.host, port: options.port)
    }

    /// Whether the broker accepted CONNECT and no end of the connection has been seen since.
    public var isConnected: Bool { session.map { $0.ended == nil } ?? false }

    /// How many messages published over this connection are done: written at QoS 0, acknowledged at QoS 1, completed at
    /// QoS 2. Available until `disconnect`, even after the connection has ended.
    public var delivered: Int { session?.inbox.delivered ?? 0 }

    /// Tells the broker that the connection ends. If the socket accepts no more bytes, waits at most one second for it,
    /// and after an interruption not at all.
    ///
    /// Published messages may be lost unless `waitForDelivery` returned before. Does nothing if there is no connection.
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
            // The connection is already gone, so nothing is left to do.
        }
    }

    /// The session, if it can still send. Throws the error that ended it, or `notConnected`.
    func active() throws(MQTTError) -> Session {
        guard let session else { throw .notConnected }
        if let ended = session.ended { throw ended }
        return session
    }

    /// Moves bytes in both directions until `done` returns true. Returns false at the deadline.
    ///
    /// Calls `idle` before each wait, after everything that has arrived was handled. With `gathering`, waits a moment
    /// after each burst of a stream of messages, so that more can arrive: waking this client for every message costs the
    /// broker, which does the waking, more than the message itself.
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

    /// Waits at most 100 ms, after a write, until bytes arrive or the remaining bytes can be written.
    ///
    /// libmosquitto 2.1 also wants to write when it can only wait for the broker. If it keeps wanting to write although
    /// its socket accepts bytes, each further wait is for input only and takes at most 2 ms.
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
        // At first, the socket may have become writable since the write.
        session.futileWrites += 1
        guard session.futileWrites > 3 else { return }
        let pause = ContinuousClock.now + .milliseconds(2)
        _ = try waiter.slice(entries(false), until: min(deadline ?? pause, pause))
    }
}
