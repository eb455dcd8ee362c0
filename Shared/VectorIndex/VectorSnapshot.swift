import CTensor

/// All rows at one moment; what a search works on while the next moment is made.
struct VectorSnapshot: Sendable {
    var rows: [VectorRows] = []
    /// Rows that were not removed.
    var count = 0

    /// Estimates all rows, computes those that may be among the best, and the best of these once more with all their bits.
    ///
    /// - Parameter exact: of the hits, so many are looked for among all rows; those that follow are the best of the likeliest.
    func search(_ turned: [Float], limit: Int, exact: Int, allowed: IDSet?, confidence: Float, level: tensor_level) -> [VectorIndex.Hit] {
        let dimensions = Int32(turned.count)
        let limit = min(limit, self.count), exact = min(exact, limit)
        guard limit > 0 else { return [] }
        var whole = [Int16](repeating: 0, count: turned.count)
        var table = [UInt8](repeating: 0, count: turned.count * 8)
        // Eight bits are off by a little: some more than asked for are kept for the last look.
        var firstHits = [vectors_hit](repeating: vectors_hit(), count: max(2 * exact, limit + limit / 2) + 16)
        var hits = [vectors_hit](repeating: vectors_hit(), count: exact + exact / 4 + 6)
        let masks = self.masks(allowed, dimensions)
        return turned.withUnsafeBufferPointer { numbers in
            whole.withUnsafeMutableBufferPointer { whole in
                table.withUnsafeMutableBufferPointer { table in
                    firstHits.withUnsafeMutableBufferPointer { firstHits in
                        hits.withUnsafeMutableBufferPointer { hits in
                            withUnsafeTemporaryAllocation(of: Float.self, capacity: self.rows.count * VectorBlock.rows) { most in
                                var query = vectors_query()
                                query.dimensions = dimensions
                                query.numbers = numbers.baseAddress
                                query.whole = whole.baseAddress
                                query.table = table.baseAddress
                                vectors_prepare(&query, confidence)
                                var first = vectors_best(count: 0, limit: Int32(firstHits.count), hits: firstHits.baseAddress)
                                var best = vectors_best(count: 0, limit: Int32(hits.count), hits: hits.baseAddress)
                                self.scan(&query, masks, most, &first, &best, level)
                                var rows = Set(hits.prefix(Int(best.count)).map(\.row))
                                if exact < limit { rows.formUnion(firstHits.prefix(Int(first.count)).map(\.row)) }
                                return self.sorted(&query, Array(rows), limit, level)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Of each row that is named.
    func scores(_ turned: [Float], _ places: [Int?], level: tensor_level) -> [Float?] {
        turned.withUnsafeBufferPointer { numbers in
            var query = vectors_query()
            query.dimensions = Int32(turned.count)
            query.numbers = numbers.baseAddress
            return places.indices.map { index in
                if index + Self.ahead < places.count, let next = places[index + Self.ahead] { self.fetch(next, query.dimensions) }
                return places[index].map { self.dot(&query, $0, level) }
            }
        }
    }

    /// Rows lie anywhere in memory: so many are on their way while one is computed.
    private static let ahead = 4

    private func fetch(_ place: Int, _ dimensions: Int32) {
        vectors_fetch(self.rows[place / VectorBlock.rows].block.bytes, dimensions, Int32(place % VectorBlock.rows))
    }

    private func dot(_ query: inout vectors_query, _ place: Int, _ level: tensor_level) -> Float {
        vectors_dot(level, self.rows[place / VectorBlock.rows].block.bytes, &query, Int32(place % VectorBlock.rows))
    }

    private func scan(
        _ query: inout vectors_query, _ masks: [UInt64], _ most: UnsafeMutableBufferPointer<Float>, _ first: inout vectors_best, _ best: inout vectors_best,
        _ level: tensor_level
    ) {
        guard let most = most.baseAddress else { return }
        let words = VectorBlock.rows / 64
        masks.withUnsafeBufferPointer { masks in
            for (index, rows) in self.rows.enumerated() {
                let base = index * VectorBlock.rows
                vectors_estimate(level, rows.block.bytes, &query, masks.baseAddress?.advanced(by: index * words), UInt32(base), most + base, &first)
            }
        }
        // The likeliest first: after them there is a bar that most others do not reach.
        let likeliest = UnsafeBufferPointer(start: first.hits, count: Int(first.count))
        for (place, hit) in likeliest.enumerated() {
            if place + Self.ahead < likeliest.count { self.fetch(Int(likeliest[place + Self.ahead].row), query.dimensions) }
            let index = Int(hit.row) / VectorBlock.rows, row = Int(hit.row) % VectorBlock.rows
            vectors_score(level, self.rows[index].block.bytes, &query, Int32(row), UInt32(index * VectorBlock.rows), &best)
            most[Int(hit.row)] = -.infinity
        }
        for (index, rows) in self.rows.enumerated() {
            let base = index * VectorBlock.rows
            _ = vectors_score_all(level, rows.block.bytes, &query, most + base, UInt32(base), &best)
        }
    }

    private func sorted(_ query: inout vectors_query, _ places: [UInt32], _ limit: Int, _ level: tensor_level) -> [VectorIndex.Hit] {
        var found: [VectorIndex.Hit] = []
        found.reserveCapacity(places.count)
        for (index, place) in places.enumerated() {
            if index + Self.ahead < places.count { self.fetch(Int(places[index + Self.ahead]), query.dimensions) }
            let id = self.rows[Int(place) / VectorBlock.rows].block.id(Int(place) % VectorBlock.rows)
            found.append(VectorIndex.Hit(id: id, score: self.dot(&query, Int(place), level)))
        }
        found.sort { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        if found.count > limit { found.removeLast(found.count - limit) }
        return found
    }

    /// The bits of all blocks, one after the other.
    private func masks(_ allowed: IDSet?, _ dimensions: Int32) -> [UInt64] {
        let words = VectorBlock.rows / 64
        return Array(unsafeUninitializedCapacity: self.rows.count * words) { masks, count in
            count = self.rows.count * words
            for (index, rows) in self.rows.enumerated() {
                let out = UnsafeMutableBufferPointer(rebasing: masks[index * words..<(index + 1) * words])
                guard let allowed else {
                    _ = out.initialize(from: rows.live)
                    continue
                }
                out.initialize(repeating: 0)
                allowed.words.withUnsafeBufferPointer {
                    vectors_allow(rows.block.bytes, dimensions, $0.baseAddress, Int64($0.count), rows.live, out.baseAddress)
                }
            }
        }
    }
}
