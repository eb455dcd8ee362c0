import Glibc
import Synchronization

/// Ports on 127.0.0.1 that nobody listens on.
package enum FreePort {
    /// Handed out already by this process; the kernel may offer a port again before its new owner has bound it.
    private static let taken = Mutex<Set<UInt16>>([])

    /// Below the range the kernel takes the ports of outgoing connections from, so that none of those occupies the port of a
    /// server that is being restarted.
    private static let range: ClosedRange<UInt16> = 20_000...32_000

    /// A port that was free a moment ago. Prefer port 0 where the server can tell which one it got.
    package static func next() throws -> Int {
        for _ in 0..<1_000 {
            guard let port = try? Self.bind(.random(in: Self.range)) else { continue }
            if Self.taken.withLock({ $0.insert(port).inserted }) { return Int(port) }
        }
        return Int(try Self.bind(0))
    }

    /// The first of `count` ports in a row.
    package static func next(adjacent count: Int) throws -> Int {
        for _ in 0..<1_000 {
            let first = UInt16.random(in: self.range.lowerBound...self.range.upperBound - UInt16(count))
            let ports = (0..<UInt16(count)).map { first + $0 }
            guard ports.allSatisfy({ (try? Self.bind($0)) == $0 }) else { continue }
            let areOurs = self.taken.withLock { taken in
                guard taken.isDisjoint(with: ports) else { return false }
                taken.formUnion(ports)
                return true
            }
            if areOurs { return Int(first) }
        }
        throw SystemError("bind", code: EADDRINUSE)
    }

    private static func bind(_ port: UInt16) throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, size) | getsockname(descriptor, $0, &size) }
        }
        guard status == 0 else { throw SystemError("bind") }
        return UInt16(bigEndian: address.sin_port)
    }
}
