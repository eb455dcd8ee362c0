import KeywordIndex
import VectorIndex

/// A passage with the parts of its score.
struct FusedHit: Sendable, Equatable {
    var number: Int64
    /// Of its document.
    var group: Int64
    /// What the order is by.
    var score: Double
    /// 1 for the best of this search, 0 for the last that the part itself found; below 0 beyond that.
    var keyword: Double = 0
    var vector: Double = 0
    var bm25: Double?
    var cosine: Double?
}

/// Relative-score fusion: each list is stretched so that its best has 1 and its last 0, then the two are added by their weights.
///
/// A passage that only one list found has its real score of the other one, too: that finds some four in a hundred relevant documents more
/// among the first hundred than taking 0 for it.
struct ScoreFusion {
    private let words: Scale
    private let meaning: Scale
    private(set) var hits: [FusedHit] = []

    /// - Parameter group: the document of a passage; nil leaves the passage out.
    init(keyword: [KeywordHit], vector: [VectorIndex.Hit], group: (Int64) -> Int64?) {
        self.words = Scale(keyword.map(\.score))
        self.meaning = Scale(vector.map(\.score))
        var places: [Int64: Int] = [:]
        places.reserveCapacity(keyword.count + vector.count)
        for hit in keyword {
            places[hit.number] = self.hits.count
            self.hits.append(FusedHit(number: hit.number, group: hit.group, score: 0, bm25: Double(hit.score)))
        }
        for hit in vector {
            if let place = places[hit.id] {
                self.hits[place].cosine = Double(hit.score)
            } else if let group = group(hit.id) {
                self.hits.append(FusedHit(number: hit.id, group: group, score: 0, cosine: Double(hit.score)))
            }
        }
    }

    var withoutBM25: [Int64] { self.hits.lazy.filter { $0.bm25 == nil }.map(\.number) }
    var withoutCosine: [Int64] { self.hits.lazy.filter { $0.cosine == nil }.map(\.number) }

    mutating func fill(bm25: [Int64: Float], cosine: [Int64: Float]) {
        for index in self.hits.indices {
            if self.hits[index].bm25 == nil, let score = bm25[self.hits[index].number] { self.hits[index].bm25 = Double(score) }
            if self.hits[index].cosine == nil, let score = cosine[self.hits[index].number] { self.hits[index].cosine = Double(score) }
        }
    }

    /// Best first.
    func ranked(alpha: Double) -> [FusedHit] {
        var ranked = self.hits
        for index in ranked.indices {
            ranked[index].keyword = self.words.relative(ranked[index].bm25)
            ranked[index].vector = self.meaning.relative(ranked[index].cosine)
            ranked[index].score = alpha * ranked[index].vector + (1 - alpha) * ranked[index].keyword
        }
        ranked.sort { $0.score != $1.score ? $0.score > $1.score : $0.number < $1.number }
        return ranked
    }

    private struct Scale {
        let least: Double
        let width: Double

        init(_ scores: [Float]) {
            self.least = Double(scores.min() ?? 0)
            self.width = Double(scores.max() ?? 0) - self.least
        }

        func relative(_ score: Double?) -> Double {
            guard let score else { return 0 }
            return self.width > 0 ? (score - self.least) / self.width : score >= self.least && score > 0 ? 1 : 0
        }
    }
}
