/// Which ranks of new work are refused while what is there is too much or too old: the lowest first. Pure.
///
/// Work is shed while its backlog is over a limit and not shrinking; it is taken again once the backlog is well below, or
/// shrinks faster than what is refused would fill it. So a burst is worked off without refusing anybody who comes after it, and
/// shedding ends with the overload rather than with the backlog.
package struct LoadShedder: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package enum Reason: String, Sendable, CaseIterable { case depth, age }

    package struct Limits: Sendable, Equatable {
        /// Items, for each rank from the lowest on.
        package var depth: [Int]
        /// Time that the oldest has waited, for each rank.
        package var age: [Duration]
        /// What lies below this part of a limit is no longer over it.
        package var release: Double

        package init(depth: [Int], age: [Duration], release: Double = 0.75) {
            self.depth = depth
            self.age = age
            self.release = release
        }
    }

    private struct Look {
        var depth: Int
        var at: Instant
    }

    package let limits: Limits
    /// How many ranks are refused, the lowest first, and why.
    package private(set) var level = 0
    private var reason = Reason.depth
    private var last: Look?
    private var refused: [Int]

    package init(_ limits: Limits) {
        self.limits = limits
        self.refused = Array(repeating: 0, count: limits.depth.count)
    }

    /// Why new work of this rank is refused now; nil when it is taken.
    package func refusal(of rank: Int) -> Reason? { rank < self.level ? self.reason : nil }

    /// The same, and remembers that somebody wanted in.
    package mutating func refuse(_ rank: Int) -> Reason? {
        guard let reason = self.refusal(of: rank) else { return nil }
        self.refused[rank] += 1
        return reason
    }

    /// A look at a backlog whose ranks all wait behind each other.
    package mutating func observe(depth: Int, age: Duration, at now: Instant) {
        self.observe(depth: depth, ages: Array(repeating: age, count: self.limits.age.count), at: now)
    }

    /// A look at the backlog: all items together, and for each rank how long the oldest has waited of those that it would wait behind. Looks at shorter intervals than a tenth of a second are too short to tell which way it goes.
    package mutating func observe(depth: Int, ages: [Duration], at now: Instant) {
        guard let last else {
            self.last = Look(depth: depth, at: now)
            self.raise(depth, ages)
            return
        }
        let elapsed = last.at.duration(to: now)
        guard elapsed >= .milliseconds(100) else { return }
        self.last = Look(depth: depth, at: now)
        // Items a second by which the backlog shrinks.
        let shrinking = Double(last.depth - depth) / (elapsed / .seconds(1))
        if shrinking <= 0 { self.raise(depth, ages) }
        if self.level > 0 { self.lower(depth, ages, shrinking, over: elapsed) }
        for rank in self.refused.indices { self.refused[rank] = 0 }
    }

    private mutating func raise(_ depth: Int, _ ages: [Duration]) {
        for rank in self.limits.depth.indices.dropFirst(self.level) {
            if depth > self.limits.depth[rank] {
                self.reason = .depth
            } else if ages[rank] > self.limits.age[rank] {
                self.reason = .age
            } else {
                return
            }
            self.level = rank + 1
        }
    }

    /// One rank a look.
    private mutating func lower(_ depth: Int, _ ages: [Duration], _ shrinking: Double, over elapsed: Duration) {
        let rank = self.level - 1
        let isBelow =
            Double(depth) <= self.limits.release * Double(self.limits.depth[rank]) && ages[rank] <= self.limits.age[rank] * self.limits.release
        let demand = Double(self.refused[rank]) / (elapsed / .seconds(1))
        let hasRoom = shrinking > 0 && shrinking >= demand * 1.25
        if isBelow || hasRoom { self.level -= 1 }
    }
}
