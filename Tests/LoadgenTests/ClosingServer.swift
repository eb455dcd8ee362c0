import Foundation
import Glibc
import Synchronization

/// Answers each connection with the same bytes and closes it at once, so that the end comes with the bytes.
final class ClosingServer: Sendable {
    struct DoesNotListen: Error {}

    let url: String
    private let descriptor: Int32
    private let isStopped = Mutex(false)

    init(answer: String) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer -> UInt16? in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                guard bind(listener, raw, length) == 0, listen(listener, 64) == 0, getsockname(listener, raw, &length) == 0 else {
                    return nil
                }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
        guard let port else { throw DoesNotListen() }
        self.descriptor = listener
        self.url = "http://127.0.0.1:\(port)"
        let bytes = Array(answer.utf8)
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while case let client = accept(listener, nil, nil), client >= 0 {
                _ = recv(client, &buffer, buffer.count, 0)
                _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(client)
            }
        }
    }

    func stop() {
        let isFirst = self.isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        // Wakes who waits for the next connection.
        shutdown(self.descriptor, Int32(SHUT_RDWR))
        close(self.descriptor)
    }
}
