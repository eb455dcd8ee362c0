import CTensor

/// The writer's side: where each id is, and the snapshot as it becomes. Under the writer's lock only.
struct VectorTable {
    private(set) var snapshot = VectorSnapshot()
    private let dimensions: Int32
    /// Made with the first write: reading needs none.
    private var places: [Int64: UInt32]?
    private var changes = Changes.blocks([])

    /// What is not in the file as it is here.
    enum Changes {
        case blocks(Set<Int>)
        /// Rows are elsewhere than they were.
        case all
    }

    init(dimensions: Int32, snapshot: VectorSnapshot = VectorSnapshot()) {
        self.dimensions = dimensions
        self.snapshot = snapshot
    }

    mutating func contains(_ id: Int64) -> Bool { self.place(of: id) != nil }

    var ids: [Int64] {
        var ids: [Int64] = []
        ids.reserveCapacity(self.snapshot.count)
        for rows in self.snapshot.rows { for row in 0..<rows.used where rows.isLive(row) { ids.append(rows.block.id(row)) } }
        return ids
    }

    /// Vectors already turned; the last of those with one id counts.
    mutating func put(_ entries: [(id: Int64, turned: [Float])]) {
        var fresh: Int?
        for entry in entries {
            self.remove(entry.id)
            if self.snapshot.rows.last.map({ $0.used == VectorBlock.rows }) ?? true {
                self.snapshot.rows.append(VectorRows(block: VectorBlock(dimensions: self.dimensions)))
                fresh = self.snapshot.rows.count - 1
            }
            let last = self.snapshot.rows.count - 1
            if fresh != last {
                // Searches read the block that is there: it goes on in a copy.
                self.snapshot.rows[last].block = self.copy(self.snapshot.rows[last])
                fresh = last
            }
            let row = self.snapshot.rows[last].used
            vectors_write(self.snapshot.rows[last].block.bytes, self.dimensions, Int32(row), entry.id, entry.turned)
            self.snapshot.rows[last].used += 1
            self.snapshot.rows[last].live[row >> 6] |= 1 << UInt64(row & 63)
            self.snapshot.count += 1
            self.places?[entry.id] = UInt32(last * VectorBlock.rows + row)
            self.note(last)
        }
    }

    mutating func remove(_ id: Int64) {
        guard let place = self.place(of: id) else { return }
        let index = Int(place) / VectorBlock.rows, row = Int(place) % VectorBlock.rows
        self.snapshot.rows[index].live[row >> 6] &= ~(1 << UInt64(row & 63))
        self.snapshot.count -= 1
        self.places?[id] = nil
        self.note(index)
    }

    /// Rows that were removed and still take memory and time.
    var waste: Int { self.snapshot.rows.reduce(0) { $0 + $1.used } - self.snapshot.count }

    /// Leaves the removed rows out.
    mutating func compact() {
        var next = VectorSnapshot()
        for rows in self.snapshot.rows {
            for row in 0..<rows.used where rows.isLive(row) {
                if next.rows.last.map({ $0.used == VectorBlock.rows }) ?? true {
                    next.rows.append(VectorRows(block: VectorBlock(dimensions: self.dimensions)))
                }
                let last = next.rows.count - 1, to = next.rows[last].used
                vectors_copy(next.rows[last].block.bytes, Int32(to), rows.block.bytes, Int32(row), self.dimensions)
                next.rows[last].used += 1
                next.rows[last].live[to >> 6] |= 1 << UInt64(to & 63)
                next.count += 1
            }
        }
        self.snapshot = next
        self.places = nil
        self.changes = .all
    }

    /// What changed since the last call.
    mutating func takeChanges() -> Changes {
        defer { self.changes = .blocks([]) }
        return self.changes
    }

    private mutating func note(_ index: Int) {
        guard case .blocks(var blocks) = self.changes else { return }
        self.changes = .all
        blocks.insert(index)
        self.changes = .blocks(blocks)
    }

    private func copy(_ rows: VectorRows) -> VectorBlock {
        let block = VectorBlock(dimensions: self.dimensions)
        block.bytes.copyMemory(from: rows.block.bytes, byteCount: Int(vectors_block_bytes(self.dimensions)))
        return block
    }

    /// The number of its row.
    mutating func place(of id: Int64) -> UInt32? {
        if self.places == nil {
            var places: [Int64: UInt32] = [:]
            places.reserveCapacity(self.snapshot.count)
            for (index, rows) in self.snapshot.rows.enumerated() {
                for row in 0..<rows.used where rows.isLive(row) { places[rows.block.id(row)] = UInt32(index * VectorBlock.rows + row) }
            }
            self.places = places
        }
        return self.places?[id]
    }
}
