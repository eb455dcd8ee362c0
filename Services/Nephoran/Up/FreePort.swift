import Glibc

/// A port on loopback that nobody listens on at the moment; 0 when the machine has none left.
enum FreePort {
    /// Below the range the kernel takes the ports of outgoing connections from: one of those would occupy the port of what is being restarted.
    private static let range: ClosedRange<UInt16> = 20_000...32_000

    static func next() -> Int {
        for _ in 0..<100 {
            if let port = Self.bound(.random(in: self.range)) { return port }
        }
        return Self.bound(0) ?? 0
    }

    private static func bound(_ port: UInt16) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) | getsockname(descriptor, $0, &size) }
        }
        return status == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
