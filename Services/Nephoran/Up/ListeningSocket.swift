import Glibc

/// A socket on loopback that `up` itself keeps open, so that a service can be replaced without its port ever refusing anybody: who
/// connects meanwhile waits in the queue of the socket, which old and new accept from.
struct ListeningSocket: Sendable {
    /// Of the child, in which it has this number.
    static let number: Int32 = 3
    private static let backlog: Int32 = 1_024

    let descriptor: Int32

    init(port: Int) throws(CommandFailure) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure(.refused, "no descriptors left: \(String(cString: strerror(errno)))") }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0, listen(descriptor, Self.backlog) == 0 else {
            let reason = errno == EADDRINUSE ? "somebody else listens there" : String(cString: strerror(errno))
            Glibc.close(descriptor)
            throw CommandFailure(.refused, "cannot listen on 127.0.0.1:\(port): \(reason)")
        }
        self.descriptor = try descriptor.outOfTheWay()
    }

    func close() { Glibc.close(self.descriptor) }
}

extension Int32 {
    /// The same descriptor under a number that no child is given one under.
    func outOfTheWay() throws(CommandFailure) -> Int32 {
        let moved = fcntl(self, F_DUPFD_CLOEXEC, 64)
        guard moved >= 0 else { throw CommandFailure(.refused, "no descriptors left: \(String(cString: strerror(errno)))") }
        close(self)
        return moved
    }
}
