/// Calls and failures of the last while, in a fixed number of slots that are reused in turn. Pure.
struct CallWindow: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Slot {
        /// Which slot-long stretch of time the counts belong to.
        var index: Int64 = -1
        var calls = 0
        var failures = 0
    }

    private static let slotCount = 10

    private let start: Instant
    private let slotNanoseconds: Int64
    private var slots = Array(repeating: Slot(), count: CallWindow.slotCount)

    init(_ length: Duration, from start: Instant) {
        self.start = start
        self.slotNanoseconds = max(1, Int64(length / .nanoseconds(Self.slotCount)))
    }

    mutating func record(failed: Bool, at now: Instant) {
        let index = self.index(at: now)
        let slot = Int(index % Int64(Self.slotCount))
        if self.slots[slot].index != index { self.slots[slot] = Slot(index: index) }
        self.slots[slot].calls += 1
        if failed { self.slots[slot].failures += 1 }
    }

    func totals(at now: Instant) -> (calls: Int, failures: Int) {
        let oldest = self.index(at: now) - Int64(Self.slotCount) + 1
        var totals = (calls: 0, failures: 0)
        for slot in self.slots where slot.index >= oldest {
            totals.calls += slot.calls
            totals.failures += slot.failures
        }
        return totals
    }

    mutating func clear() {
        for slot in self.slots.indices { self.slots[slot] = Slot() }
    }

    private func index(at now: Instant) -> Int64 {
        let (seconds, attoseconds) = self.start.duration(to: now).components
        return max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000) / self.slotNanoseconds
    }
}
