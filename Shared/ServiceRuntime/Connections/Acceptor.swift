import Dispatch
import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Takes connections from a listening socket, on a thread of its own.
///
/// NIO's server channel relies on a readable socket staying so until it has looked, which is not so for a socket that other
/// processes take connections from as well.
final class Acceptor: Sendable {
    private static let noRoom = Int32(10)
    private static let noDescriptors = Int32(100)

    private let socket: ListeningSocket
    private let logger: Logger
    /// A byte in it ends the thread.
    private let wake: (reading: Int32, writing: Int32)

    init(_ socket: ListeningSocket, logger: Logger) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw IOError(errnoCode: errno, reason: "socketpair")
        }
        self.wake = (ends[0], ends[1])
        self.socket = socket
        self.logger = logger
    }

    deinit {
        close(self.wake.reading)
        close(self.wake.writing)
    }

    /// Descriptors of connections, until ``stop()``; every one that was taken from the queue is among them. To be called once.
    ///
    /// - Parameter full: called while somebody may be waiting and there is no room.
    func connections(while hasRoom: @escaping @Sendable () -> Bool, full: @escaping @Sendable () -> Void) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        DispatchQueue(label: "acceptor").async {
            self.run(hasRoom, full, continuation)
            continuation.finish()
        }
        return stream
    }

    func stop() { _ = write(self.wake.writing, "x", 1) }

    private func run(_ hasRoom: () -> Bool, _ full: () -> Void, _ taken: AsyncStream<Int32>.Continuation) {
        var polled = [pollfd(fd: self.wake.reading, events: Int16(POLLIN), revents: 0), pollfd(fd: self.socket.descriptor, events: Int16(POLLIN), revents: 0)]
        var pause = Int32(-1)
        while true {
            let isOpen = pause < 0 && hasRoom()
            if pause < 0, !isOpen { full() }
            polled[1].revents = 0
            guard poll(&polled, isOpen ? 2 : 1, isOpen ? -1 : max(pause, Self.noRoom)) >= 0 || errno == EINTR else { return }
            if polled[0].revents != 0 { return }
            pause = -1
            guard isOpen, polled[1].revents != 0 else { continue }
            let connection = accept(self.socket.descriptor, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                taken.yield(connection)
                continue
            }
            switch errno {
            case EAGAIN, EINTR, ECONNABORTED, EPROTO: continue
            case EBADF, EINVAL, ENOTSOCK: return
            default:
                // Descriptors or memory are exhausted; whoever wants in waits in the queue until others have left.
                self.logger.error("connections are waiting", metadata: ["error": "\(String(cString: strerror(errno)))"])
                pause = Self.noDescriptors
            }
        }
    }
}
