/// Builds a nested value from its elements in the order in which they stand in the stream.
struct ReplyTree {
    private var open: [(missing: Int, elements: [RedisValue])] = []
    private var root: RedisValue?

    mutating func add(_ value: RedisValue) {
        guard !self.open.isEmpty else {
            self.root = value
            return
        }
        let last = self.open.count - 1
        self.open[last].elements.append(value)
        self.open[last].missing -= 1
        self.closeFull()
    }

    mutating func open(count: Int) {
        guard count > 0 else { return self.add(.array([])) }
        var elements: [RedisValue] = []
        // A peer may announce any count; memory follows what it really sends.
        elements.reserveCapacity(min(count, 256))
        self.open.append((count, elements))
    }

    mutating func takeRoot() -> RedisValue? {
        defer { self.root = nil }
        return self.root
    }

    private mutating func closeFull() {
        while let last = self.open.last, last.missing == 0 {
            self.open.removeLast()
            guard !self.open.isEmpty else {
                self.root = .array(last.elements)
                return
            }
            self.open[self.open.count - 1].elements.append(.array(last.elements))
            self.open[self.open.count - 1].missing -= 1
        }
    }
}
