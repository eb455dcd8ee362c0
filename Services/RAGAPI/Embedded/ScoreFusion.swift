import KeywordIndex
import VectorIndex

/// A passage with the parts of its score.
struct FusedHit: Sendable, Equatable {
    var number: Int64
    /// Of its document.
    var group: Int64
    var score: Double
    /// On a scale of 0…1 within this search.
    var keyword: Double = 0
    var vector: Double = 0
    var bm25: Double?
    var cosine: Double?
}

/// Relative-score fusion: each list is stretched to 0…1, then the two are added by their weights. What only one list found has 0 of the other.
enum ScoreFusion {
    /// Best first.
    ///
    /// - Parameter group: the document of a passage; nil leaves the passage out.
    static func fuse(keyword: [KeywordHit], vector: [VectorIndex.Hit], alpha: Double, group: (Int64) -> Int64?) -> [FusedHit] {
        var hits: [FusedHit] = []
        var places: [Int64: Int] = [:]
        let words = Scale(keyword.map(\.score))
        for hit in keyword {
            places[hit.number] = hits.count
            hits.append(FusedHit(number: hit.number, group: hit.group, score: 0, keyword: words.relative(hit.score), bm25: Double(hit.score)))
        }
        let cosines = Scale(vector.map(\.score))
        for hit in vector {
            if let place = places[hit.id] {
                hits[place].vector = cosines.relative(hit.score)
                hits[place].cosine = Double(hit.score)
            } else if let group = group(hit.id) {
                hits.append(FusedHit(number: hit.id, group: group, score: 0, vector: cosines.relative(hit.score), cosine: Double(hit.score)))
            }
        }
        for index in hits.indices { hits[index].score = alpha * hits[index].vector + (1 - alpha) * hits[index].keyword }
        return hits.sorted { $0.score != $1.score ? $0.score > $1.score : $0.number < $1.number }
    }

    private struct Scale {
        let least: Float
        let width: Float

        init(_ scores: [Float]) {
            self.least = scores.min() ?? 0
            self.width = (scores.max() ?? 0) - self.least
        }

        func relative(_ score: Float) -> Double { self.width > 0 ? Double((score - self.least) / self.width) : 1 }
    }
}
