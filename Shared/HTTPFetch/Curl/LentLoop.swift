import CCurl
import Foundation

/// Drives transfers on a loop that belongs to somebody else. That loop cannot wait for libcurl's sockets, so the kernel is asked to write to an event
/// descriptor, once, when one of them is ready.
///
/// `@unchecked Sendable` because everything but `wake()` happens on the loop's thread; what `init` sets up is handed over with the first `wake()`.
final class LentLoop: FetchSleeper, @unchecked Sendable {
    private let lender: any FetchLoop
    private let transfers: TransferLoop
    private let notices: aio_context_t
    private let event: Int32
    /// Ends the watch over the event descriptor; nil before it began.
    private var endWatch: (@Sendable () -> Void)?
    private var isAtWork = false
    private var isAsked = false
    private var hasEnded = false
    /// The earliest turn that the loop has been asked for.
    private var nextTurn: ContinuousClock.Instant?

    /// Nil where the kernel does not tell: a thread does it then.
    init?(_ inbox: FetchInbox, _ multi: MultiHandle, on lender: any FetchLoop) {
        let notices = ccurl_notice_open()
        guard notices != 0 else { return nil }
        let event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard event >= 0, ccurl_notice_ask(notices, multi.watch.epoll, event) == 1 else {
            ccurl_notice_close(notices)
            if event >= 0 { close(event) }
            return nil
        }
        self.isAsked = true
        self.lender = lender
        self.notices = notices
        self.event = event
        self.transfers = TransferLoop(inbox, multi)
    }

    deinit { if !self.hasEnded { ccurl_notice_close(self.notices) } }

    /// What the loop has to do now comes first, also of its own thread: many requests at once are many transfers in one turn.
    func wake() { self.lender.run { self.work() } }

    /// One at a time: what an answer leads to is done after it.
    private func work() {
        guard !self.isAtWork, !self.hasEnded else { return }
        self.isAtWork = true
        defer { self.isAtWork = false }
        if self.endWatch == nil { self.endWatch = self.lender.watch(event: self.event) { [weak self] in self?.signalled() } }
        switch self.transfers.turn() {
        case .stopped: return self.end()
        case .hasMessages: self.lender.run { self.work() }
        case .resting: break
        }
        self.ask()
        self.plan()
    }

    /// Sockets are ready.
    private func signalled() {
        self.isAsked = false
        guard !self.isAtWork, !self.hasEnded else { return }
        self.isAtWork = true
        self.transfers.multi.poll()
        self.transfers.reap()
        self.isAtWork = false
        self.work()
    }

    private func ask() {
        guard !self.isAsked else { return }
        self.isAsked = ccurl_notice_ask(self.notices, self.transfers.multi.watch.epoll, self.event) == 1
        // The kernel has no memory for it: looked at again soon.
        if !self.isAsked { self.lender.run(after: .milliseconds(1)) { self.signalled() } }
    }

    /// Sees to it that there is a turn when libcurl, or who waits, has a time-out. An early one does no harm.
    private func plan() {
        guard let due = self.transfers.due, self.nextTurn.map({ due < $0 }) ?? true else { return }
        self.nextTurn = due
        self.lender.run(after: max(.zero, ContinuousClock.now.duration(to: due))) { [weak self] in
            guard let self else { return }
            if self.nextTurn == due { self.nextTurn = nil }
            self.work()
        }
    }

    private func end() {
        self.hasEnded = true
        self.endWatch?()
        self.endWatch = nil
        // Waits for the kernel.
        let notices = self.notices
        Thread.detachNewThread { ccurl_notice_close(notices) }
    }
}
