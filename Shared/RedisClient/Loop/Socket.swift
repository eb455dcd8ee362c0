import Glibc

/// Sole owner of one non-blocking socket; closed when the last reference goes.
final class Socket {
    let descriptor: Int32

    enum Outcome {
        case done(Int)
        case wouldBlock
        case failed(RedisError)
    }

    /// Starts to connect. Whether that worked is known when the socket becomes writable.
    init(connectingTo address: SocketAddress) throws(RedisError) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        self.descriptor = socket(address.family, kind, 0)
        guard self.descriptor >= 0 else { throw RedisError(.disconnected, "no socket: \(Self.describe(errno))") }
        if address.family != AF_UNIX {
            self.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            // An idle consumer has no deadline of its own that would notice a vanished peer.
            self.set(SOL_SOCKET, SO_KEEPALIVE, 1)
            self.set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 15)
            self.set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
            self.set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        }
        let status = address.bytes.withUnsafeBytes { bytes in
            connect(self.descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard status == 0 || errno == EINPROGRESS else {
            throw RedisError(.disconnected, Self.describe(errno))
        }
    }

    deinit {
        if self.descriptor >= 0 { close(self.descriptor) }
    }

    /// The error of a finished attempt to connect, if any.
    func connectError() -> RedisError? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
            return RedisError(.disconnected, Self.describe(errno))
        }
        return code == 0 ? nil : RedisError(.disconnected, Self.describe(code))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        while true {
            let count = recv(self.descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .done(count) }
            if count == 0 { return .failed(RedisError(.disconnected, "the server closed the connection")) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(RedisError(.disconnected, Self.describe(code)))
            }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        while true {
            let count = send(self.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .done(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(RedisError(.disconnected, Self.describe(code)))
            }
        }
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(self.descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func describe(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, strerror_r(code, start, buffer.count) == 0 else { return "system error \(code)" }
            return String(cString: start)
        }
    }
}
