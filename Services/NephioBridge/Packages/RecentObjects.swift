import GitObjects

/// Objects of packages that the repository has: those of the latest publications. What a change leaves as it is need not be written again.
struct RecentObjects: Sendable {
    private var ids: Set<ObjectID> = []
    private var order: [ObjectID] = []
    private var forgotten = 0
    private let capacity: Int

    init(capacity: Int = 100_000) { self.capacity = capacity }

    func contains(_ id: ObjectID) -> Bool { self.ids.contains(id) }

    mutating func insert(_ id: ObjectID) {
        guard self.ids.insert(id).inserted else { return }
        self.order.append(id)
        guard self.ids.count > self.capacity else { return }
        self.ids.remove(self.order[self.forgotten])
        self.forgotten += 1
        if self.forgotten > self.capacity {
            self.order.removeFirst(self.forgotten)
            self.forgotten = 0
        }
    }
}
