import Glibc
import Synchronization

/// A numeric address of a host.
struct NetworkAddress: Hashable, Sendable {
    let text: String
    let isIPv6: Bool
}

/// Finds the addresses of a host name without waiting past a deadline.
enum AddressLookup {
    /// Why there are no addresses, in the resolver's words.
    struct Failure: Error {
        let reason: String
    }

    typealias Resolver = @Sendable (_ host: String) -> Result<[NetworkAddress], Failure>

    /// What `/etc/hosts`, the name servers and the rest of `/etc/nsswitch.conf` say.
    static let system: Resolver = { resolve($0, flags: 0) }

    /// In the order in which the resolver would have them tried. Throws `nameNotResolved` or `interrupted`.
    static func addresses(
        of host: String, until deadline: ContinuousClock.Instant, _ waiter: Waiter,
        resolver: @escaping Resolver = system
    ) throws(MQTTError) -> [NetworkAddress] {
        if case .success(let literal) = resolve(host, flags: AI_NUMERICHOST) { return literal }
        // getaddrinfo takes as long as the name servers make it: it runs on a thread that is left behind at the deadline.
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .nameNotResolved(host: host, reason: MQTTError.words(errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let question = Question(host: host, done: ends[1], resolver)
        if let code = startThread(question) {
            close(ends[1])
            throw .nameNotResolved(host: host, reason: MQTTError.words(code))
        }
        guard try waiter.ready(ends[0], Int16(POLLIN), until: deadline) != 0 else {
            throw .nameNotResolved(host: host, reason: "no answer from the name server in time")
        }
        switch question.answer.withLock({ $0 }) {
        case .success(let addresses)?: return addresses
        case .failure(let failure)?: throw .nameNotResolved(host: host, reason: failure.reason)
        case nil: throw .nameNotResolved(host: host, reason: "no answer")
        }
    }

    /// What the client and the thread share. The thread closes `done` after it has answered.
    private final class Question: Sendable {
        let host: String
        let done: Int32
        let resolver: Resolver
        let answer = Mutex<Result<[NetworkAddress], Failure>?>(nil)

        init(host: String, done: Int32, _ resolver: @escaping Resolver) {
            self.host = host
            self.done = done
            self.resolver = resolver
        }
    }

    /// Returns the error number when there is no thread.
    private static func startThread(_ question: Question) -> Int32? {
        // Signals are for the client's thread, whose poll they end.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(question)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let question = Unmanaged<Question>.fromOpaque(context).takeRetainedValue()
                let answer = question.resolver(question.host)
                question.answer.withLock { $0 = answer }
                close(question.done)
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return code
        }
        pthread_detach(thread)
        return nil
    }

    private static func resolve(_ host: String, flags: Int32) -> Result<[NetworkAddress], Failure> {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            let reason = code == EAI_SYSTEM ? MQTTError.words(errno) : String(cString: gai_strerror(code))
            return .failure(Failure(reason: reason))
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry -> NetworkAddress? in
            guard let entry, [AF_INET, AF_INET6].contains(entry.pointee.ai_family) else { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard code == 0 else { return nil }
            let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            return NetworkAddress(
                text: String(decoding: bytes, as: UTF8.self), isIPv6: entry.pointee.ai_family == AF_INET6)
        }
        return addresses.isEmpty ? .failure(Failure(reason: "no address")) : .success(addresses)
    }
}
