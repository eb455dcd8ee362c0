/// What waits to be asked together: a bounded batch that is full or whose time is up. Pure.
struct BatchQueue<Entry> {
    enum Step {
        /// The batch has its timer already.
        case wait
        /// The first of a batch: call ``timeUp(_:)`` with this number when the time is up.
        case startTimer(UInt64)
        case run([Entry])
    }

    let size: Int
    private var entries: [Entry] = []
    private var batch: UInt64 = 0

    init(size: Int) { self.size = max(1, size) }

    var isEmpty: Bool { self.entries.isEmpty }

    mutating func add(_ entry: Entry) -> Step {
        self.entries.append(entry)
        if self.entries.count >= self.size { return .run(self.take()) }
        return self.entries.count == 1 ? .startTimer(self.batch) : .wait
    }

    /// What waits, unless that batch was run before.
    mutating func timeUp(_ batch: UInt64) -> [Entry] { batch == self.batch ? self.take() : [] }

    /// Nobody waits for it any more.
    mutating func remove(where isUnwanted: (Entry) -> Bool) -> Entry? {
        self.entries.firstIndex(where: isUnwanted).map { self.entries.remove(at: $0) }
    }

    private mutating func take() -> [Entry] {
        self.batch += 1
        defer { self.entries = [] }
        return self.entries
    }
}
