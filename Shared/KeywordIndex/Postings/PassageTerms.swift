/// The terms of passages, on their way into a segment.
///
/// Made outside the index, so that several can be made at the same time.
package struct PassageTerms: Sendable {
    struct Posting {
        var term: UInt64
        var document: UInt16
        var frequency: UInt8
    }

    private(set) var numbers: [Int64] = []
    private(set) var groups: [Int64] = []
    /// Weighted, in quarters of a word.
    private(set) var lengths: [UInt16] = []
    /// By passage, then by term.
    private(set) var postings: [Posting] = []

    /// At most ``PostingsSegment/maxPassages``, in order of their numbers.
    package init(_ passages: some Collection<IndexedPassage>, weights: FieldWeights, analyzer: TermAnalyzer = TermAnalyzer()) {
        self.postings.reserveCapacity(passages.count * 64)
        var occurrences: [UInt64] = []
        let cache = TermCache()
        for passage in passages.prefix(PostingsSegment.maxPassages) {
            let document = UInt16(truncatingIfNeeded: self.numbers.count)
            var length = 0
            occurrences.removeAll(keepingCapacity: true)
            for (text, weight) in [(passage.title, weights.title), (passage.heading, weights.heading), (passage.text, weights.text)] where !text.isEmpty {
                var text = text
                text.withUTF8 { bytes in
                    analyzer.forEachTerm(in: bytes, filter: nil, cache: cache) { occurrence in
                        // The low bits carry the weight: the order of sorting stays that of the terms.
                        occurrences.append(occurrence.term & ~0xff | UInt64(weight))
                        if !occurrence.isCompound { length += weight }
                    }
                }
            }
            occurrences.sort()
            var index = 0
            while index < occurrences.count {
                let term = occurrences[index] & ~0xff
                var frequency = 0
                while index < occurrences.count, occurrences[index] & ~0xff == term {
                    frequency += Int(occurrences[index] & 0xff)
                    index += 1
                }
                self.postings.append(Posting(term: term, document: document, frequency: UInt8(clamping: frequency)))
            }
            for attribute in Set(passage.attributes) { self.postings.append(Posting(term: attribute & ~0xff, document: document, frequency: 0)) }
            self.numbers.append(passage.number)
            self.groups.append(passage.group)
            self.lengths.append(UInt16(clamping: length))
        }
    }

    package var count: Int { self.numbers.count }

    /// Sorted by term, then by passage. Names of terms are evenly spread: they are dealt out by their first bits, and each lot, which the
    /// processor's caches hold, is sorted by itself.
    var inOrderOfTerms: [Posting] {
        let bits = UInt64(64 - 12)
        var ends = [Int](repeating: 0, count: 1 << 12)
        for posting in self.postings { ends[Int(posting.term >> bits)] += 1 }
        var sum = 0
        for lot in ends.indices {
            sum += ends[lot]
            ends[lot] = sum - ends[lot]
        }
        return [Posting](unsafeUninitializedCapacity: self.postings.count) { sorted, count in
            for posting in self.postings {
                let lot = Int(posting.term >> bits)
                sorted.initializeElement(at: ends[lot], to: posting)
                ends[lot] += 1
            }
            count = self.postings.count
            var start = 0
            for end in ends where end > start {
                sorted[start..<end].sort { $0.term != $1.term ? $0.term < $1.term : $0.document < $1.document }
                start = end
            }
        }
    }

    /// The same passages under numbers and groups that are only known now: `number` for the first, one more for each after it.
    package func numbered(from number: Int64, groups: [Int64]) -> PassageTerms {
        var copy = self
        copy.numbers = self.numbers.indices.map { number + Int64($0) }
        if groups.count == copy.numbers.count { copy.groups = groups }
        return copy
    }
}
