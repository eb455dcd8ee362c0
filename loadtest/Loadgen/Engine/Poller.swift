import CEpoll
import Glibc

/// Linux's epoll, edge-triggered for both directions, so that a connection is registered once in its life.
struct Poller: ~Copyable {
    private let descriptor: Int32
    private let tokens: UnsafeMutableBufferPointer<UInt64>

    init() throws {
        self.descriptor = epoll_make()
        guard self.descriptor >= 0 else { throw LoadError.environment("epoll: \(String(cString: strerror(errno)))") }
        self.tokens = .allocate(capacity: 256)
        // A request that is due should not wait for a timer that takes its time.
        set_timer_slack(1_000)
    }

    deinit {
        close(self.descriptor)
        self.tokens.deallocate()
    }

    func add(_ socket: Int32, token: UInt64) -> Bool { epoll_register(self.descriptor, socket, token) == 0 }

    /// Waits at most so many nanoseconds, and hands over the tokens of what has happened.
    func wait(nanoseconds: UInt64, _ body: (UInt64) -> Void) {
        let count = epoll_await(self.descriptor, self.tokens.baseAddress, Int32(self.tokens.count), nanoseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) { body(self.tokens[index]) }
    }
}
