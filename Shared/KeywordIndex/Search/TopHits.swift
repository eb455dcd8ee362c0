/// The best hits so far: a heap with the worst on top. Of equal ones the older passage is better.
struct TopHits {
    struct Entry {
        var number: Int64
        var group: Int64
        var score: UInt32
    }

    private let limit: Int
    private var heap: [Entry] = []
    /// What a hit must have; 0 until there are as many as wanted.
    private(set) var threshold: UInt32 = 0

    init(limit: Int) {
        self.limit = limit
        self.heap.reserveCapacity(limit)
    }

    @inline(__always)
    private static func isWorse(_ one: Entry, _ other: Entry) -> Bool {
        one.score != other.score ? one.score < other.score : one.number > other.number
    }

    mutating func insert(_ hit: Entry) {
        if self.heap.count < self.limit {
            self.heap.append(hit)
            var child = self.heap.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard Self.isWorse(self.heap[child], self.heap[parent]) else { break }
                self.heap.swapAt(child, parent)
                child = parent
            }
        } else if let worst = self.heap.first, Self.isWorse(worst, hit) {
            self.heap[0] = hit
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < self.heap.count && Self.isWorse(self.heap[child], self.heap[least]) {
                    least = child
                }
                guard least != parent else { break }
                self.heap.swapAt(parent, least)
                parent = least
            }
        }
        if self.heap.count == self.limit, let worst = self.heap.first { self.threshold = worst.score }
    }

    /// Best first.
    func sorted(_ unit: ScoreUnit) -> [KeywordHit] {
        self.heap.sorted { Self.isWorse($1, $0) }.map { KeywordHit(number: $0.number, group: $0.group, score: unit.score($0.score)) }
    }
}
