#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension KeywordSnapshot {
    /// The passages with the highest scores, best first.
    package func search(_ query: KeywordQuery, limit: Int) -> [KeywordHit] {
        var hits = TopHits(limit: max(1, limit))
        let weights = self.weights(of: query)
        let unit = ScoreUnit(weights)
        for segment in self.segments {
            var terms: [SegmentTerm] = []
            for (term, weight) in zip(query.terms, weights) where weight > 0 {
                guard let index = segment.index(of: term.term) else { continue }
                terms.append(SegmentTerm(weight: unit.whole(weight), postings: segment.postings(of: index), row: segment.windowRow(of: index) ?? -1))
            }
            guard !terms.isEmpty else { continue }
            let allowed = self.allowed(by: query.filters, in: segment)
            SegmentSearch(segment: segment, allowed: allowed, terms: terms).run(into: &hits)
        }
        return hits.sorted(unit)
    }

    /// Passages that have the term, removed ones that are still in a segment included.
    package func passages(with term: UInt64) -> Int {
        self.segments.reduce(0) { count, segment in count + (segment.index(of: term & ~0xff).map { segment.postings(of: $0).count } ?? 0) }
    }

    /// What a share of 1 of each term adds to a score: BM25's idf, times k1 + 1, times the weight in the query.
    private func weights(of query: KeywordQuery) -> [Float] {
        let total = Float(self.segments.reduce(0) { $0 + $1.count })
        return query.terms.map { term in
            let count = Float(self.passages(with: term.term))
            guard count > 0 else { return 0 }
            return term.weight * (self.weights.k1 + 1) * logf(1 + (total - count + 0.5) / (count + 0.5))
        }
    }

    /// What each term adds to the score of a passage; nil when the passage is not here.
    package func parts(of number: Int64, _ query: KeywordQuery) -> [Float]? {
        let weights = self.weights(of: query)
        let unit = ScoreUnit(weights)
        for segment in self.segments {
            guard let place = segment.place(of: number) else { continue }
            return zip(query.terms, weights).map { term, weight in
                guard weight > 0, let index = segment.index(of: term.term) else { return 0 }
                let list = SegmentTerm(weight: unit.whole(weight), postings: segment.postings(of: index), row: segment.windowRow(of: index) ?? -1)
                return unit.score(segment.score(of: place, list))
            }
        }
        return nil
    }

    /// The scores of passages that were found in another way; 0 for those that have no term or are not here.
    package func scores(of numbers: [Int64], _ query: KeywordQuery) -> [Float] {
        let weights = self.weights(of: query)
        let unit = ScoreUnit(weights)
        var scores = [UInt32](repeating: 0, count: numbers.count)
        for segment in self.segments {
            guard let first = segment.numbers.first, let last = segment.numbers.last else { continue }
            let lists = zip(query.terms, weights).compactMap { term, weight in
                segment.index(of: term.term).map {
                    SegmentTerm(weight: unit.whole(weight), postings: segment.postings(of: $0), row: segment.windowRow(of: $0) ?? -1)
                }
            }
            guard !lists.isEmpty else { continue }
            for (index, number) in numbers.enumerated() where number >= first && number <= last {
                guard let place = segment.place(of: number) else { continue }
                for list in lists { scores[index] &+= segment.score(of: place, list) }
            }
        }
        return scores.map(unit.score)
    }

    /// The passages that pass all filters and are not removed, for a search of another kind; nil when there is no filter.
    package func numbers(passing filters: [[UInt64]]) -> [Int64]? {
        guard !filters.isEmpty else { return nil }
        var numbers: [Int64] = []
        for segment in self.segments {
            guard let allowed = self.allowed(by: filters.map { $0.map { $0 & ~0xff } }, in: segment) else { continue }
            for place in 0..<segment.count where allowed[place] && !segment.isRemoved(place) { numbers.append(segment.numbers[place]) }
        }
        return numbers
    }

    /// Nil when everything passes.
    private func allowed(by filters: [[UInt64]], in segment: PostingsSegment) -> Bitmap? {
        var allowed: Bitmap?
        for filter in filters {
            var passing = Bitmap(count: segment.count)
            for attribute in filter {
                guard let index = segment.index(of: attribute) else { continue }
                for posting in segment.postings(of: index) { passing[Int(segment.passages[posting])] = true }
            }
            if allowed == nil { allowed = passing } else { allowed?.formIntersection(passing) }
        }
        return allowed
    }
}

extension PostingsSegment {
    /// What a term adds to the score of a passage. Of a long list only the window of the passage is looked at: a search in all of it would touch
    /// as many lines of memory as it takes steps.
    func score(of place: Int, _ term: SegmentTerm) -> UInt32 {
        var (low, high) = (term.postings.lowerBound, term.postings.upperBound)
        if term.row >= 0 {
            let window = term.row * (self.windows + 1) + place >> Self.windowBits
            (low, high) = (Int(self.windowStarts[window]), Int(self.windowStarts[window + 1]))
        }
        let end = high
        return self.passages.withUnsafeBufferPointer { passages in
            while low < high {
                let middle = (low + high) >> 1
                if Int(passages[middle]) < place { low = middle + 1 } else { high = middle }
            }
            return low < end && Int(passages[low]) == place ? term.weight &* UInt32(self.shares[low]) : 0
        }
    }
}
