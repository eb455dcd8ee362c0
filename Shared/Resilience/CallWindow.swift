/// Calls, failures and slow calls of the last while, in a fixed number of slots that are reused in turn. Pure.
struct CallWindow: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Totals: Sendable, Equatable {
        var calls = 0
        var failures = 0
        var slow = 0
    }

    private struct Slot {
        /// Which slot-long stretch of time the counts belong to.
        var index: Int64 = -1
        var totals = Totals()
    }

    private static let slotCount = 10

    private let start: Instant
    private let slotTicks: Int64
    private var slots = Array(repeating: Slot(), count: CallWindow.slotCount)

    init(_ length: Duration, from start: Instant) {
        self.start = start
        self.slotTicks = max(1, length.ticks / Int64(Self.slotCount))
    }

    mutating func record(failed: Bool, slow: Bool, at now: Instant) {
        let index = self.index(at: now)
        let slot = Int(index % Int64(Self.slotCount))
        if self.slots[slot].index != index { self.slots[slot] = Slot(index: index) }
        self.slots[slot].totals.calls += 1
        if failed { self.slots[slot].totals.failures += 1 }
        if slow { self.slots[slot].totals.slow += 1 }
    }

    func totals(at now: Instant) -> Totals {
        let oldest = self.index(at: now) - Int64(Self.slotCount) + 1
        var totals = Totals()
        for slot in self.slots where slot.index >= oldest {
            totals.calls += slot.totals.calls
            totals.failures += slot.totals.failures
            totals.slow += slot.totals.slow
        }
        return totals
    }

    mutating func clear() {
        for slot in self.slots.indices { self.slots[slot] = Slot() }
    }

    private func index(at now: Instant) -> Int64 { max(0, self.start.duration(to: now).ticks) / self.slotTicks }
}

extension Duration {
    /// A little more than a nanosecond each: a shift of the attoseconds, where a division of 128 bits would cost more than the
    /// rest of a guard together. For comparing durations with each other, over three hundred years.
    var ticks: Int64 { Int64(truncatingIfNeeded: self.attoseconds >> 30) }

    init(ticks: Int64) { self.init(attoseconds: Int128(ticks) << 30) }
}
