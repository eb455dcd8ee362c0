import CHiredis
import Glibc

/// Sole owner of an epoll instance and of the event descriptor that interrupts its wait.
///
/// Waiting and registering are for one thread; `wake` is for any. Both descriptors are constants and the kernel
/// serialises their use, which makes the class `Sendable`.
final class Poller: Sendable {
    struct Readiness: OptionSet {
        let rawValue: UInt32
        static let readable = Readiness(rawValue: EPOLLIN.rawValue)
        static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
        /// Reported without being asked for.
        static let broken = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    private static let wakeKey: UInt64 = 0
    private static let capacity = 64

    private let epoll: Int32
    private let event: Int32

    init() throws(RedisError) {
        self.epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard self.epoll >= 0, self.event >= 0, self.control(EPOLL_CTL_ADD, self.event, [.readable], key: Self.wakeKey) else {
            throw RedisError(.disconnected, "no descriptors left for a Redis connection")
        }
    }

    deinit {
        if self.epoll >= 0 { close(self.epoll) }
        if self.event >= 0 { close(self.event) }
    }

    /// `key` is not 0 and never used twice, so that a late event of a closed socket finds nobody.
    func add(_ socket: Socket, _ interest: Readiness, key: UInt64) -> Bool { self.control(EPOLL_CTL_ADD, socket.descriptor, interest, key: key) }

    func change(_ socket: Socket, _ interest: Readiness, key: UInt64) { _ = self.control(EPOLL_CTL_MOD, socket.descriptor, interest, key: key) }

    func wake() { eventfd_write(self.event, 1) }

    /// Waits for at most `timeout` milliseconds, for ever if negative, then reports what is ready.
    func wait(timeout: Int32, _ handle: (UInt64, Readiness) -> Void) {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.capacity) { events in
            let count = epoll_wait(self.epoll, events.baseAddress, Int32(Self.capacity), timeout)
            for index in 0..<max(0, Int(count)) {
                let key = events[index].data.u64
                if key == Self.wakeKey {
                    var drained: eventfd_t = 0
                    eventfd_read(self.event, &drained)
                } else {
                    handle(key, Readiness(rawValue: events[index].events))
                }
            }
        }
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ interest: Readiness, key: UInt64) -> Bool {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: key))
        return epoll_ctl(self.epoll, operation, descriptor, &event) == 0
    }
}
