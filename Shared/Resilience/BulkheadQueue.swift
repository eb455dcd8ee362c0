/// Who is inside a bulkhead and who waits, first come first served. Pure.
struct BulkheadQueue<Waiter: Sendable>: Sendable {
    enum Entry: Equatable { case inside, queued, full }

    private struct Place: Sendable {
        let id: Int
        let waiter: Waiter
    }

    private let limit: Int
    private let waitingLimit: Int
    private var places: [Place] = []
    private(set) var inside = 0

    init(limit: Int, waitingLimit: Int) {
        self.limit = limit
        self.waitingLimit = waitingLimit
    }

    var waiting: Int { self.places.count }

    /// True when the caller is inside at once. Nobody overtakes those who wait.
    mutating func enter() -> Bool {
        guard self.inside < self.limit, self.places.isEmpty else { return false }
        self.inside += 1
        return true
    }

    /// Takes a place inside, else the last one in the queue, else none.
    mutating func enter(_ id: Int, waiting waiter: Waiter) -> Entry {
        if self.enter() { return .inside }
        guard self.places.count < self.waitingLimit else { return .full }
        self.places.append(Place(id: id, waiter: waiter))
        return .queued
    }

    /// Gives the place to the first who waits, who is returned to be told.
    mutating func leave() -> Waiter? {
        guard self.places.isEmpty else { return self.places.removeFirst().waiter }
        self.inside -= 1
        return nil
    }

    /// Takes somebody out of the queue; nil when not in it.
    mutating func withdraw(_ id: Int) -> Waiter? {
        guard let index = self.places.firstIndex(where: { $0.id == id }) else { return nil }
        return self.places.remove(at: index).waiter
    }
}
