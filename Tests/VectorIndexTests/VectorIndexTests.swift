import CTensor
import Synchronization
import Testing

@testable import VectorIndex

@Suite("The index of vectors")
struct VectorIndexTests {
    private func exact(_ rows: [(id: Int64, vector: [Float])], _ query: [Float], _ limit: Int) -> [Int64] {
        rows.map { ($0.id, Vectors.dot($0.vector, query)) }.sorted { $0.1 > $1.1 }.prefix(limit).map(\.0)
    }

    @Test(
        "of a hundred of the nearest ten less than one is missed, with every processor's instructions",
        arguments: [(tensor_portable, 384, 1_500), (tensor_best_level(), 384, 2_500), (tensor_best_level(), 100, 2_500), (tensor_best_level(), 1_536, 600)])
    func recall(level: tensor_level, dimensions: Int, count: Int) throws {
        var vectors = Vectors(dimensions: dimensions)
        let rows = (0..<count).map { (id: Int64($0 * 3), vector: vectors.next()) }
        let index = VectorIndex(model: "test", dimensions: dimensions, level: level)
        try index.put(rows)
        var found = 0
        for number in 0..<20 {
            let query = vectors.near(rows[number * 7].vector, spread: 0.8)
            let hits = try index.search(query, limit: 10)
            #expect(hits.count == 10)
            for hit in hits { #expect(abs(hit.score - Vectors.dot(rows[Int(hit.id / 3)].vector, query)) < 2e-4) }
            #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
            found += Set(hits.map(\.id)).intersection(self.exact(rows, query, 10)).count
        }
        #expect(found >= 198, "\(found) of 200")
    }

    @Test("of a pool the first are the nearest of all, and most of the rest are what an exact search has")
    func pool() throws {
        var vectors = Vectors(dimensions: 384)
        let rows = (0..<3_000).map { (id: Int64($0), vector: vectors.next()) }
        let index = VectorIndex(model: "test", dimensions: 384)
        try index.put(rows)
        var found = 0
        for number in 0..<10 {
            let query = vectors.near(rows[number * 7].vector, spread: 0.8)
            let (pool, all) = (try index.search(query, limit: 100, exact: 10), try index.search(query, limit: 100))
            #expect(pool.count == 100 && Set(pool.map(\.id)).count == 100)
            #expect(Array(pool.prefix(10)) == Array(all.prefix(10)))
            #expect(zip(pool, pool.dropFirst()).allSatisfy { $0.score >= $1.score })
            found += Set(pool.map(\.id)).intersection(all.map(\.id)).count
        }
        #expect(found >= 900, "\(found) of 1000")
    }

    @Test("ids that are named have the scores a search gives them; those that are not there have none")
    func scores() throws {
        var vectors = Vectors(dimensions: 64)
        let rows = (0..<1_100).map { (id: Int64($0), vector: vectors.next()) }
        let index = VectorIndex(model: "test", dimensions: 64)
        try index.put(rows)
        index.remove([7])
        let query = vectors.next()
        let hits = try index.search(query, limit: 20)
        let scores = try index.scores(of: hits.map(\.id) + [7, 5_000], to: query)
        #expect(scores.count == 20)
        for hit in hits { #expect(scores[hit.id] == hit.score) }
        #expect(throws: VectorIndexError.self) { try index.scores(of: [1], to: [1, 2]) }
    }

    @Test("every processor's instructions find the same")
    func levels() throws {
        var vectors = Vectors(dimensions: 64)
        let rows = (0..<1_100).map { (id: Int64($0), vector: vectors.next()) }
        let indexes = [tensor_portable, tensor_best_level()].map { VectorIndex(model: "test", dimensions: 64, level: $0) }
        for index in indexes { try index.put(rows) }
        for _ in 0..<5 {
            let query = vectors.next()
            #expect(try indexes[0].search(query, limit: 40) == indexes[1].search(query, limit: 40))
        }
    }

    @Test("what is put again counts as it was put last, what was removed not at all")
    func changes() throws {
        var vectors = Vectors(dimensions: 64)
        let index = VectorIndex(model: "test", dimensions: 64)
        #expect(try index.search(vectors.next(), limit: 5).isEmpty)
        let first = vectors.next(), second = vectors.near(first, spread: 2)
        try index.put([(1, first), (2, second)])
        #expect(try index.search(first, limit: 5).map(\.id) == [1, 2])
        try index.put([(1, second), (2, first), (1, vectors.near(second, spread: 0.1))])
        #expect(try index.search(first, limit: 5).map(\.id) == [2, 1])
        index.remove([2, 77])
        #expect(try index.search(first, limit: 5).map(\.id) == [1])
        #expect(index.count == 1 && index.ids == [1] && index.contains(1) && !index.contains(2))
        #expect(try index.search(first, limit: 0).isEmpty)
    }

    @Test("only what is allowed is found")
    func allowed() throws {
        var vectors = Vectors(dimensions: 64)
        let rows = (0..<1_500).map { (id: Int64($0), vector: vectors.next()) }
        let index = VectorIndex(model: "test", dimensions: 64)
        try index.put(rows)
        index.remove([9])
        let query = vectors.next()
        let allowed = IDSet((0..<1_500).filter { $0 % 9 == 0 } + [1 << 20, -4])
        let hits = try index.search(query, limit: 10, allowed: allowed)
        #expect(hits.map(\.id) == self.exact(rows.filter { $0.id % 9 == 0 && $0.id != 9 }, query, 10))
        #expect(try index.search(query, limit: 10, allowed: IDSet()).isEmpty)
        #expect(try index.search(query, limit: 10, allowed: IDSet([1_499, 7])).map(\.id).sorted() == [7, 1_499])
        #expect(allowed.count == 168 && allowed.contains(18) && !allowed.contains(19) && !allowed.contains(-4))
    }

    @Test("a vector that is none changes nothing")
    func refused() throws {
        let index = VectorIndex(model: "test", dimensions: 3)
        try index.put([(1, [1, 0, 0])])
        #expect(throws: VectorIndexError.wrongDimensions(expected: 3, given: 2)) { try index.put([(2, [0, 1, 0]), (3, [1, 0])]) }
        #expect(throws: VectorIndexError.notFinite) { try index.put([(2, [.nan, 1, 0])]) }
        #expect(throws: VectorIndexError.negativeID(-1)) { try index.put([(-1, [0, 1, 0])]) }
        #expect(throws: VectorIndexError.wrongDimensions(expected: 3, given: 4)) { try index.search([1, 0, 0, 0], limit: 1) }
        #expect(index.ids == [1])
        // Without a direction it is as far from everything as can be, and no trouble.
        try index.put([(2, [0, 0, 0])])
        #expect(try index.search([1, 0, 0], limit: 2).map(\.id) == [1, 2])
    }

    @Test("removed rows are left out when they are many")
    func compaction() throws {
        var vectors = Vectors(dimensions: 32)
        let rows = (0..<5_000).map { (id: Int64($0), vector: vectors.next()) }
        let index = VectorIndex(model: "test", dimensions: 32)
        try index.put(rows)
        let before = index.bytes
        index.remove((0..<4_000).map { Int64($0) })
        #expect(index.bytes < before / 2 && index.count == 1_000)
        let query = vectors.next()
        #expect(try index.search(query, limit: 10).map(\.id) == self.exact(Array(rows[4_000...]), query, 10))
        try index.put([rows[0]])
        index.remove([4_500])
        #expect(index.contains(0) && !index.contains(4_500) && index.count == 1_000)
    }

    @Test("searches go on beside a writer and see each put whole")
    func concurrent() async throws {
        var vectors = Vectors(dimensions: 64)
        let query = vectors.next()
        // Pairs that are put together, and nearer than all that is there from the start.
        let start = (0..<1_000).map { (id: Int64($0), vector: vectors.next()) }
        let pairs = (0..<300).map { number in [0, 1].map { (id: Int64(10_000 + 2 * number + $0), vector: vectors.near(query, spread: 0.01)) } }
        let index = VectorIndex(model: "test", dimensions: 64)
        try index.put(start)
        let done = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for pair in pairs {
                    try index.put(pair)
                }
                done.raise()
            }
            for _ in 0..<2 {
                group.addTask {
                    repeat {
                        let near = try index.search(query, limit: 1_000).filter { $0.id >= 10_000 }
                        #expect(near.count % 2 == 0)
                        #expect(Set(near.map { $0.id / 2 }).count == near.count / 2)
                    } while !done.isRaised
                }
            }
            try await group.waitForAll()
        }
        #expect(index.count == 1_600)
    }
}

private final class Flag: Sendable {
    private let state = Atomic(false)

    var isRaised: Bool { self.state.load(ordering: .acquiring) }
    func raise() { self.state.store(true, ordering: .releasing) }
}
