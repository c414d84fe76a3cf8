import Foundation

/// The process that listens on a TCP port of this device, by the kernel's tables (proc(5), `/proc/net/tcp`).
struct PortHolder: Sendable, Equatable {
    /// The number of the process; nil where the caller may not see whose socket it is.
    let process: Int32?
    /// The name of its program.
    let program: String?

    /// For messages: `nginx (process 812)`.
    var description: String {
        guard let process else { return "a process of another user" }
        return "\(program ?? "a program") (process \(process))"
    }

    /// Who listens on a port; nil where nobody does.
    static func of(_ port: UInt16, proc: String = "/proc") -> PortHolder? {
        let sockets = ["tcp", "tcp6"].flatMap { listeningSockets(port, table: "\(proc)/net/\($0)") }
        guard !sockets.isEmpty else { return nil }
        let names = Set(sockets.map { "socket:[\($0)]" })
        let manager = FileManager.default
        for process in (try? manager.contentsOfDirectory(atPath: proc)) ?? [] {
            guard let number = Int32(process) else { continue }
            let directory = "\(proc)/\(process)/fd"
            for descriptor in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] {
                guard let target = try? manager.destinationOfSymbolicLink(atPath: "\(directory)/\(descriptor)"),
                    names.contains(target)
                else { continue }
                let name = try? String(contentsOfFile: "\(proc)/\(process)/comm", encoding: .utf8)
                return PortHolder(process: number, program: name?.split(separator: "\n").first.map(String.init))
            }
        }
        return PortHolder(process: nil, program: nil)
    }

    /// The inodes of the sockets that listen on a port.
    private static func listeningSockets(_ port: UInt16, table: String) -> [Substring] {
        guard let text = try? String(contentsOfFile: table, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            // 1 is the local address, 3 the state, 0A for LISTEN, 9 the inode.
            guard fields.count > 9, fields[3] == "0A",
                let colon = fields[1].lastIndex(of: ":"),
                UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port
            else { return nil }
            return fields[9]
        }
    }
}
