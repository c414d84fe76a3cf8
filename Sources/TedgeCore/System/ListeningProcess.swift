import Foundation
import Sockets

/// A process that listens on a TCP port of this device, according to the kernel (sock_diag(7), proc(5)).
struct ListeningProcess: Sendable, Equatable {
    /// The number of the process; nil if the caller may not see whose socket it is.
    let process: Int32?
    /// The name of its program.
    let program: String?

    /// For messages: `nginx (process 812)`.
    var description: String {
        guard let process else { return "a process of another user" }
        return "\(program ?? "a program") (process \(process))"
    }

    /// The process that listens on a port; nil if none does.
    ///
    /// - Parameter addresses: The addresses of interest; sockets on others are ignored.
    static func of(
        _ port: UInt16, on addresses: [NetworkAddress] = ListenerAddresses.any, proc: String = "/proc"
    ) -> ListeningProcess? {
        let sockets = listeningSockets(port, proc: proc).filter { ListenerAddresses.overlap(addresses, $0.addresses) }
        guard !sockets.isEmpty else { return nil }
        let names = Set(sockets.map { "socket:[\($0.node)]" })
        let manager = FileManager.default
        for process in (try? manager.contentsOfDirectory(atPath: proc)) ?? [] {
            guard let number = Int32(process) else { continue }
            let directory = "\(proc)/\(process)/fd"
            for descriptor in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] {
                guard let target = try? manager.destinationOfSymbolicLink(atPath: "\(directory)/\(descriptor)"),
                    names.contains(target)
                else { continue }
                let name = try? String(contentsOfFile: "\(proc)/\(process)/comm", encoding: .utf8)
                return ListeningProcess(process: number, program: name?.split(separator: "\n").first.map(String.init))
            }
        }
        return ListeningProcess(process: nil, program: nil)
    }

    /// A socket that listens.
    private struct Socket {
        /// The inode.
        let node: String
        /// The addresses that it occupies: an IPv6 socket for all addresses may also occupy those of IPv4.
        let addresses: [NetworkAddress]
    }

    private static func listeningSockets(_ port: UInt16, proc: String) -> [Socket] {
        guard proc == "/proc", let sockets = ListeningSocket.all() else {
            return ["tcp", "tcp6"].flatMap { listeningSockets(port, table: "\(proc)/net/\($0)") }
        }
        return sockets.filter { $0.port == port }.map { Socket(node: String($0.node), addresses: named($0.address)) }
    }

    private static func listeningSockets(_ port: UInt16, table: String) -> [Socket] {
        guard let text = try? String(contentsOfFile: table, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            // 1 is the local address, 3 the state, 0A for LISTEN, 9 the inode.
            guard fields.count > 9, fields[3] == "0A",
                let colon = fields[1].lastIndex(of: ":"),
                UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port
            else { return nil }
            return Socket(node: String(fields[9]), addresses: addresses(fields[1][..<colon]))
        }
    }

    /// An address of the table, which has words of four bytes, each in the byte order of the processor.
    private static func addresses(_ hexadecimal: Substring) -> [NetworkAddress] {
        let digits = Array(hexadecimal)
        let words = stride(from: 0, to: digits.count - 7, by: 8).compactMap {
            UInt32(String(digits[$0..<($0 + 8)]), radix: 16)
        }
        return named(words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
    }

    /// The addresses that a socket occupies which is bound to an address in network byte order.
    private static func named(_ bytes: [UInt8]) -> [NetworkAddress] {
        if bytes.count == 4 {
            return [NetworkAddress(text: bytes.map(String.init).joined(separator: "."), isIPv6: false)]
        }
        if bytes.allSatisfy({ $0 == 0 }) { return ListenerAddresses.any }
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
        return ListenerAddresses.numeric(text).map { [$0] } ?? []
    }
}
