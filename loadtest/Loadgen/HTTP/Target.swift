import Foundation
import Glibc

/// Where requests go: the parts of an `http` URL and one address it stands for, looked up once.
struct Target: Sendable {
    let host: String
    let port: Int
    /// Path and query; "/" when the URL has none.
    let path: String
    /// As in `Host`.
    let authority: String

    init(_ text: String) throws {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty else {
            throw LoadError.usage("\(text) is no URL such as http://127.0.0.1:8080/path")
        }
        guard scheme == "http" else {
            throw LoadError.usage("only http is spoken here, not \(scheme): measure what is behind TLS, or through a proxy that ends it")
        }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = parts.port ?? 80
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        self.path = parts.percentEncodedQuery.map { "\(path)?\($0)" } ?? path
        self.authority = parts.port.map { "\(host):\($0)" } ?? host
    }

    /// The first address of the host.
    func resolve() throws -> SocketAddress {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(self.host, String(self.port), &hints, &found)
        guard status == 0, let first = found?.pointee, let address = first.ai_addr else {
            throw LoadError.environment("\(self.host) has no address: \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(found) }
        return SocketAddress(family: first.ai_family, bytes: Array(UnsafeRawBufferPointer(start: address, count: Int(first.ai_addrlen))))
    }
}

/// A `sockaddr` as bytes.
struct SocketAddress: Sendable {
    let family: Int32
    let bytes: [UInt8]

    /// A socket that is being connected; nil with `errno` set when it cannot be.
    func connect(blocking: Bool = false) -> Int32? {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | (blocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        let descriptor = socket(self.family, flags, 0)
        guard descriptor >= 0 else { return nil }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let status = self.bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) } ?? -1
        }
        guard status != 0, errno != EINPROGRESS else { return descriptor }
        let reason = errno
        close(descriptor)
        errno = reason
        return nil
    }
}
