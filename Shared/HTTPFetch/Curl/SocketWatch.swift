import CCurl
import Glibc

/// What libcurl wants to be told about: sockets that are ready, and its own timer. Sole owner of an epoll instance and of the event
/// descriptor that interrupts its wait.
///
/// `@unchecked Sendable` because everything but `wake` is for the fetcher's thread alone, and the descriptors are constants.
final class SocketWatch: @unchecked Sendable {
    private static let capacity = 128

    /// A connection's socket stays registered between two transfers: telling the kernel twice a request costs more than an event too many.
    private struct Interest {
        /// What the kernel knows.
        var registered: UInt32 = 0
        var wanted: UInt32 = 0
        /// It is a connection's, whose end we are told of; others come and go unseen.
        var isConnection = false
    }

    /// Readable while something is ready.
    let epoll: Int32
    private let event: Int32
    /// By descriptor.
    private var interests: [Interest] = []
    /// When libcurl's timer is due.
    private(set) var due: ContinuousClock.Instant?

    init?() {
        self.epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard self.epoll >= 0, self.event >= 0, self.control(EPOLL_CTL_ADD, self.event, EPOLLIN.rawValue) else { return nil }
    }

    deinit {
        if self.epoll >= 0 { Glibc.close(self.epoll) }
        if self.event >= 0 { Glibc.close(self.event) }
    }

    func wake() { eventfd_write(self.event, 1) }

    /// A connection's socket is there.
    func opened(_ socket: Int32) {
        self.makeRoom(for: socket)
        self.interests[Int(socket)] = Interest(isConnection: true)
    }

    /// A connection's socket is of no more use.
    func close(_ socket: Int32) {
        if self.interests.indices.contains(Int(socket)) { self.interests[Int(socket)] = Interest() }
        // The kernel forgets it by itself.
        Glibc.close(socket)
    }

    /// What libcurl says of a socket: `CURL_POLL_…`.
    func watch(_ socket: Int32, for what: Int32) {
        guard socket >= 0 else { return }
        self.makeRoom(for: socket)
        var interest = self.interests[Int(socket)]
        switch what {
        case CURL_POLL_IN: interest.wanted = EPOLLIN.rawValue
        case CURL_POLL_OUT: interest.wanted = EPOLLOUT.rawValue
        case CURL_POLL_INOUT: interest.wanted = EPOLLIN.rawValue | EPOLLOUT.rawValue
        default: interest.wanted = 0
        }
        if interest.wanted == 0, !interest.isConnection {
            // It may be closed already, which the kernel has noticed.
            _ = self.control(EPOLL_CTL_DEL, socket, 0)
            interest = Interest()
        } else if interest.wanted != 0, interest.wanted != interest.registered || !interest.isConnection {
            if !self.control(EPOLL_CTL_ADD, socket, interest.wanted) { _ = self.control(EPOLL_CTL_MOD, socket, interest.wanted) }
            interest.registered = interest.wanted
        }
        self.interests[Int(socket)] = interest
    }

    private func makeRoom(for socket: Int32) {
        while self.interests.count <= Int(socket) { self.interests.append(Interest()) }
    }

    /// Nobody wants to hear of it now: it is idle, and its peer has closed or said something out of turn.
    private func isIdle(_ socket: Int32) -> Bool {
        guard self.interests.indices.contains(Int(socket)), self.interests[Int(socket)].wanted == 0 else { return false }
        _ = self.control(EPOLL_CTL_DEL, socket, 0)
        self.interests[Int(socket)].registered = 0
        return true
    }

    /// What libcurl says of its timer, in milliseconds from now; negative stops it.
    func setTimer(_ milliseconds: Int) { self.due = milliseconds < 0 ? nil : .now.advanced(by: .milliseconds(milliseconds)) }

    /// True once when the timer is due.
    func takeTimer() -> Bool {
        guard let due, due <= .now else { return false }
        self.due = nil
        return true
    }

    /// Waits for at most `milliseconds`, then tells which sockets are ready and for what (`CURL_CSELECT_…`). False when it could not.
    func wait(atMost milliseconds: Int32, _ handle: (Int32, Int32) -> Void) -> Bool {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.capacity) { events in
            let count = epoll_wait(self.epoll, events.baseAddress, Int32(Self.capacity), milliseconds)
            guard count >= 0 else { return errno == EINTR }
            for index in 0..<Int(count) {
                let (socket, ready) = (events[index].data.fd, events[index].events)
                if socket == self.event {
                    var drained: eventfd_t = 0
                    eventfd_read(self.event, &drained)
                    continue
                }
                if self.isIdle(socket) { continue }
                var mask: Int32 = 0
                if ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_IN }
                if ready & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
                if ready & EPOLLERR.rawValue != 0 { mask |= CURL_CSELECT_ERR }
                handle(socket, mask)
            }
            return true
        }
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ interest: UInt32) -> Bool {
        var event = epoll_event(events: interest, data: epoll_data_t(fd: descriptor))
        return epoll_ctl(self.epoll, operation, descriptor, &event) == 0
    }
}
