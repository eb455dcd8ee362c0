import CCurl
import Foundation

/// The fetcher's thread: takes messages, admits transfers, moves them on, answers those that ended, sleeps until woken.
/// Lives on that thread only, hence no `Sendable`. The thread is its own, or one that is lent to it (``LentLoop``).
final class TransferLoop {
    enum Turn { case stopped, resting, hasMessages }

    /// An idle thread has nothing to look after; it is woken when it has.
    private static let longestSleep = Duration.seconds(60)

    private let inbox: FetchInbox
    let multi: MultiHandle
    private var admission: AdmissionQueue
    private var waiting: [UInt64: FetchOrder] = [:]
    private var active: [UInt64: Transfer] = [:]
    private var ids: [UnsafeMutableRawPointer: UInt64] = [:]
    /// Easy handles to be used again, at most as many as connections.
    private var spare: [EasyHandle] = []

    static func start(_ inbox: FetchInbox, _ multi: MultiHandle) {
        let thread = Thread {
            blockSignals()
            TransferLoop(inbox, multi).run()
        }
        thread.name = "http-fetch"
        thread.start()
    }

    init(_ inbox: FetchInbox, _ multi: MultiHandle) {
        self.inbox = inbox
        self.multi = multi
        self.admission = AdmissionQueue(limit: inbox.configuration.maxConnections, limitPerOrigin: inbox.configuration.maxConnectionsPerHost)
    }

    private func run() {
        while true {
            let turn = self.turn()
            if case .stopped = turn { return }
            if !self.multi.sleep(atMost: turn == .resting ? self.patience() : 0) { usleep(10_000) }
            self.reap()
        }
    }

    /// Everything that can be done without a look at the sockets.
    func turn() -> Turn {
        let (messages, isStopped) = self.inbox.collect()
        for message in messages { self.handle(message) }
        if isStopped {
            self.end()
            return .stopped
        }
        self.expire()
        repeat {
            self.admit()
            self.multi.advance()
        } while self.reap()
        return self.inbox.rest() ? .resting : .hasMessages
    }

    /// When it has to look again whatever happens; nil: when something does.
    var due: ContinuousClock.Instant? {
        guard let first = self.admission.earliestDeadline else { return self.multi.watch.due }
        return self.multi.watch.due.map { min($0, first) } ?? first
    }

    private func end() {
        for id in Array(self.active.keys) { self.end(id) { $0.finish(FetchError.stopped) } }
        for order in self.waiting.values { self.refuse(order, .stopped) }
        self.waiting = [:]
        self.spare = []
    }

    private func handle(_ message: FetchInbox.Message) {
        switch message {
        case .start(let order):
            if self.admission.admitAtOnce(origin: order.origin) { return self.start(order) }
            self.waiting[order.id] = order
            self.admission.enqueue(order.id, origin: order.origin, deadline: order.deadline)
        case .cancel(let id):
            if self.admission.withdraw(id), let order = self.waiting.removeValue(forKey: id) {
                self.refuse(order, .cancelled)
            } else {
                self.end(id) { $0.finish(FetchError.cancelled) }
            }
        case .resume(let id): self.active[id]?.easy.resume()
        }
    }

    /// Answers the orders whose time went by while they waited for a connection.
    private func expire() {
        guard self.admission.earliestDeadline != nil else { return }
        for id in self.admission.expire(at: .now) {
            if let order = self.waiting.removeValue(forKey: id) { self.refuse(order, .timedOut) }
        }
    }

    private func admit() {
        while let id = self.admission.admit() {
            if let order = self.waiting.removeValue(forKey: id) { self.start(order) }
        }
    }

    /// Of an order that is admitted.
    private func start(_ order: FetchOrder) {
        guard let easy = self.spare.popLast() ?? EasyHandle(self.multi.watch) else {
            self.admission.release(origin: order.origin)
            self.refuse(order, TransferCode.outOfMemory.error)
            return
        }
        let transfer = Transfer(order, on: easy, self.inbox)
        let error = transfer.prepare(at: .now) ?? (self.multi.add(easy) ? nil : TransferCode.outOfMemory.error)
        if let error {
            easy.transfer = nil
            self.admission.release(origin: order.origin)
            self.refuse(order, error)
            return
        }
        self.active[order.id] = transfer
        self.ids[easy.raw] = order.id
    }

    /// Answers those that ended; whether there were any, and so places for others.
    @discardableResult func reap() -> Bool {
        var hasRoom = false
        while let (raw, result) = self.multi.nextCompleted() {
            if let id = self.ids[raw] { self.end(id) { $0.finish(result) } }
            hasRoom = true
        }
        return hasRoom
    }

    /// Takes a transfer out of everything, then has it answer; nothing happens when it is not under way.
    private func end(_ id: UInt64, _ answer: (Transfer) -> Void) {
        guard let transfer = self.active.removeValue(forKey: id) else { return }
        self.ids[transfer.easy.raw] = nil
        // Outside the multi handle a connection that was broken off is closed, a finished one goes back to the cache.
        self.multi.remove(transfer.easy)
        transfer.easy.transfer = nil
        self.admission.release(origin: transfer.order.origin)
        self.inbox.answered()
        answer(transfer)
        if self.spare.count < self.inbox.configuration.maxConnections { self.spare.append(transfer.easy) }
    }

    private func refuse(_ order: FetchOrder, _ error: FetchError) {
        self.inbox.answered()
        order.fail(error)
    }

    /// Milliseconds until the first waiting order expires; libcurl knows the timers of those under way.
    private func patience() -> Int32 {
        guard let deadline = self.admission.earliestDeadline else { return Int32(Self.longestSleep.components.seconds * 1000) }
        let wait = min(max(ContinuousClock.now.duration(to: deadline), .zero), Self.longestSleep)
        return Int32(wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000) + 1
    }
}

/// The process's handlers run elsewhere, and writing to a closed connection is an error code here, not a SIGPIPE:
/// with NOSIGNAL libcurl leaves that to its host.
private func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
}
