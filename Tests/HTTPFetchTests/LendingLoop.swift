import Foundation
import Glibc
import Synchronization

@testable import HTTPFetch

/// A loop of its own thread, lent to fetchers.
final class LendingLoop: FetchLoop, FetchLoops, Sendable {
    private struct State {
        var work: [@Sendable () -> Void] = []
        var timers: [(at: ContinuousClock.Instant, work: @Sendable () -> Void)] = []
        var watched: [Int32: @Sendable () -> Void] = [:]
        var isOver = false
        /// Times an event descriptor was written to.
        var signals = 0
    }

    private let state = Mutex(State())
    private let wakeUp: (reads: Int32, writes: Int32)
    private let thread = Mutex<pthread_t?>(nil)

    init() {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        self.wakeUp = (ends[0], ends[1])
        Thread.detachNewThread { [self] in self.loop() }
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(self.wakeUp.writes, &byte, 1)
    }

    var signals: Int { self.state.withLock { $0.signals } }
    var watched: Int { self.state.withLock { $0.watched.count } }
    var current: (id: ObjectIdentifier, loop: any FetchLoop)? { (ObjectIdentifier(self), self) }
    var isHere: Bool { self.thread.withLock { $0 == pthread_self() } }

    func run(_ work: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.work.append(work) }
        self.wake()
    }

    func run(after time: Duration, _ work: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.timers.append((.now.advanced(by: time), work)) }
        self.wake()
    }

    func watch(event: Int32, _ signalled: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        self.state.withLock { $0.watched[event] = signalled }
        return { if self.state.withLock({ $0.watched.removeValue(forKey: event) }) != nil { close(event) } }
    }

    func end() {
        self.state.withLock { $0.isOver = true }
        self.wake()
    }

    private func loop() {
        self.thread.withLock { $0 = pthread_self() }
        while true {
            let (isOver, watched, next) = self.state.withLock { ($0.isOver, Array($0.watched.keys), $0.timers.map(\.at).min()) }
            if isOver {
                close(self.wakeUp.reads)
                close(self.wakeUp.writes)
                return
            }
            var waits = [pollfd(fd: self.wakeUp.reads, events: Int16(POLLIN), revents: 0)] + watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let patience = next.map { Int32(max(0, min(ContinuousClock.now.duration(to: $0) / .milliseconds(1) + 1, 1_000))) } ?? 1_000
            poll(&waits, nfds_t(waits.count), patience)
            var count = [UInt8](repeating: 0, count: 256)
            for wait in waits where wait.revents != 0 {
                _ = read(wait.fd, &count, count.count)
                let signalled = self.state.withLock { state -> (@Sendable () -> Void)? in
                    guard let signalled = state.watched[wait.fd] else { return nil }
                    state.signals += 1
                    return signalled
                }
                signalled?()
            }
            let now = ContinuousClock.now
            let work = self.state.withLock { state in
                let due = state.timers.filter { $0.at <= now }.map(\.work)
                state.timers.removeAll { $0.at <= now }
                defer { state.work = [] }
                return state.work + due
            }
            for each in work { each() }
        }
    }
}
