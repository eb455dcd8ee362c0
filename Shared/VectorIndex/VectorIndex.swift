import CTensor
import Synchronization

/// Finds the vectors nearest to a query, by dot product. Any number of searches run at the same time, beside one writer at a time.
///
/// Every row is looked at, from one bit a dimension; those that may be among the nearest are computed from 8 bits a dimension, the best of them
/// from 12 (see `vectors.h`). There is nothing to train and nothing to maintain. Of a hundred of the nearest ten, less than one is missed.
///
/// Holds what it is given and nothing else: whoever keeps the vectors durably decides what is in here, and builds it anew when
/// ``open(path:model:dimensions:)`` says that the file will not do.
package final class VectorIndex: Sendable {
    package struct Hit: Sendable, Equatable {
        package var id: Int64
        /// The dot product, 1e-4 off at most; of vectors of length 1 the cosine, −1…1.
        package var score: Float
    }

    /// How far off an estimate may be and its row still be found, in standard deviations.
    static let confidence: Float = 2.3
    /// Of all rows, the removed ones that are left out when there are more.
    private static let wasteShare = 4

    /// `TextEmbedder.name` of whose vectors these are.
    package let model: String
    package let dimensions: Int
    private let turn: Turn
    private let level: tensor_level
    private let table: Mutex<VectorTable>
    private let snapshot: Mutex<VectorSnapshot>
    private let file: Mutex<VectorFile?>

    /// Empty. Vectors have 2…8,192 dimensions.
    package convenience init(model: String, dimensions: Int) { self.init(model: model, dimensions: dimensions, level: tensor_best_level()) }

    init(model: String, dimensions: Int, level: tensor_level, snapshot: VectorSnapshot = VectorSnapshot(), file: VectorFile? = nil) {
        let turn = Turn(dimensions: min(max(dimensions, 2), Int(vectors_most)))
        self.model = model
        self.dimensions = dimensions
        self.level = level
        self.turn = turn
        self.table = Mutex(VectorTable(dimensions: turn.dimensions, snapshot: snapshot))
        self.snapshot = Mutex(snapshot)
        self.file = Mutex(file)
    }

    package var count: Int { self.snapshot.withLock { $0.count } }
    package var ids: [Int64] { self.table.withLock { $0.ids } }
    package func contains(_ id: Int64) -> Bool { self.table.withLock { $0.contains(id) } }

    /// Bytes of the rows, in memory or mapped.
    package var bytes: Int { self.snapshot.withLock { $0.rows.count } * Int(vectors_block_bytes(self.turn.dimensions)) }

    /// Adds, or replaces those whose id is there. Either all of them or, when one is not as it must be, none.
    package func put(_ entries: [(id: Int64, vector: [Float])]) throws(VectorIndexError) {
        for entry in entries {
            try self.check(entry.vector)
            guard entry.id >= 0 else { throw .negativeID(entry.id) }
        }
        let turned = entries.map { (id: $0.id, turned: self.turn($0.vector)) }
        self.write { $0.put(turned) }
    }

    /// Ids that are not there are ignored.
    package func remove(_ ids: some Sequence<Int64>) {
        self.write { table in for id in ids { table.remove(id) } }
    }

    /// The nearest `limit`, best first, of those in `allowed` (nil: all).
    ///
    /// Computes on the caller's thread: some 0.4 ms for 100,000 vectors of 384 dimensions and the nearest ten.
    ///
    /// - Parameter exact: of these, so many are the nearest of all; the others are the nearest of those that a look at their signs found likeliest. Nil: all.
    ///   The more are to be the nearest, the less can be left out: where a few are near and the rest equally far, hundreds cost as much as a look at all.
    package func search(_ query: [Float], limit: Int, exact: Int? = nil, allowed: IDSet? = nil) throws(VectorIndexError) -> [Hit] {
        try self.check(query)
        let snapshot = self.snapshot.withLock { $0 }
        return snapshot.search(self.turn(query), limit: limit, exact: exact ?? limit, allowed: allowed, confidence: Self.confidence, level: self.level)
    }

    /// The scores of ids that were found in another way; those that are not there are left out.
    package func scores(of ids: [Int64], to query: [Float]) throws(VectorIndexError) -> [Int64: Float] {
        try self.check(query)
        let (snapshot, places) = self.table.withLock { table in (table.snapshot, ids.map { table.place(of: $0) }) }
        let scores = snapshot.scores(self.turn(query), places.map { $0.map(Int.init) }, level: self.level)
        return Dictionary(zip(ids, scores).compactMap { id, score in score.map { (id, $0) } }) { first, _ in first }
    }

    // MARK: The file

    /// What ``save(to:generation:)`` wrote. Blocks: reads the whole file once, about 3 GB/s when it is in memory.
    ///
    /// - Parameter generation: what it must have been saved with; nil takes any.
    /// - Throws: `missing`, `foreign` or `damaged`: build it anew. `system` when it cannot be read.
    package static func open(path: String, model: String, dimensions: Int, generation: UInt64? = nil) throws(VectorIndexError) -> VectorIndex {
        let (file, snapshot) = try VectorFile.read(path: path, model: model, dimensions: dimensions)
        if let generation, generation != file.generation { throw .foreign(path: path, reason: "its vectors are of another collection") }
        return VectorIndex(model: model, dimensions: dimensions, level: tensor_best_level(), snapshot: snapshot, file: file)
    }

    /// What was given with the last ``save(to:generation:)``; nil before the first.
    package var generation: UInt64? { self.file.withLock { $0?.generation } }

    /// Writes what changed since the file was opened or written; a new file when it is another, or when much was removed.
    ///
    /// Blocks. When it fails the index is as it was and the file is one that ``open(path:model:dimensions:)`` refuses, or the one from before.
    ///
    /// - Parameter generation: the caller's number for this state of affairs, given back by ``generation`` after the next ``open(path:model:dimensions:)``.
    package func save(to path: String, generation: UInt64) throws(VectorIndexError) {
        let result: Result<Void, VectorIndexError> = self.file.withLock { file in
            let (snapshot, changes) = self.table.withLock { ($0.snapshot, $0.takeChanges()) }
            do throws(VectorIndexError) {
                if case .blocks(let changed) = changes, file?.path == path {
                    try file?.update(snapshot, changed: changed, generation: generation)
                } else {
                    file = try VectorFile.create(path: path, model: self.model, dimensions: self.dimensions, snapshot, generation: generation)
                }
                return .success(())
            } catch {
                // What is on the disk is not known any more: the next one is written whole.
                file = nil
                return .failure(error)
            }
        }
        try result.get()
    }

    private func check(_ vector: [Float]) throws(VectorIndexError) {
        guard vector.count == self.dimensions, vector.count >= 2, vector.count <= Int(vectors_most) else {
            throw .wrongDimensions(expected: self.dimensions, given: vector.count)
        }
        guard vector.allSatisfy(\.isFinite) else { throw .notFinite }
    }

    private func write(_ change: (inout VectorTable) -> Void) {
        self.table.withLock { table in
            change(&table)
            if table.waste > VectorBlock.rows, table.waste > table.snapshot.count / Self.wasteShare {
                // The next save writes a new file: rows are elsewhere. The lock of the file is not taken in here, ``save`` holds both the other way round.
                table.compact()
            }
            let next = table.snapshot
            self.snapshot.withLock { $0 = next }
        }
    }
}
