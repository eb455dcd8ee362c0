/// The index at one moment.
package struct KeywordSnapshot: Sendable {
    /// Segments of one size class that are merged into one of the next.
    private static let fanIn = 6
    /// Shares are computed again when the average length has moved by more than this part.
    private static let drift: Float = 0.02

    package let weights: FieldWeights
    /// Whatever the writer said of this state.
    package internal(set) var mark: [UInt8] = []
    /// In order of the passages' numbers.
    private(set) var segments: [PostingsSegment] = []
    /// The average that the shares are made with, in quarters of a word.
    private var averageLength: Float = 0

    init(weights: FieldWeights) { self.weights = weights }

    /// As it was written; nil when it makes no sense.
    init?(_ reader: inout KeywordFileReader, weights: FieldWeights) {
        self.weights = weights
        self.averageLength = Float(bitPattern: UInt32(truncatingIfNeeded: reader.number()))
        guard let mark = reader.array(UInt8.self), let count = Int(exactly: reader.number()) else { return nil }
        self.mark = mark
        for _ in 0..<count {
            guard let segment = PostingsSegment(&reader) else { return nil }
            self.segments.append(segment)
        }
    }

    func write(to writer: inout KeywordFileWriter) throws(KeywordFile.Fault) {
        try writer.write(UInt64(self.averageLength.bitPattern))
        try writer.write(array: self.mark)
        try writer.write(UInt64(self.segments.count))
        for segment in self.segments { try segment.write(to: &writer) }
    }

    /// Passages that can be found.
    package var count: Int { self.segments.reduce(0) { $0 + $1.liveCount } }
    package var segmentCount: Int { self.segments.count }
    package var bytes: Int { self.segments.reduce(0) { $0 + $1.bytes } }

    mutating func add(_ made: PassageTerms) {
        self.segments.append(PostingsSegment(made, averageLength: self.averageLength, weights: self.weights))
    }

    mutating func remove(_ numbers: [Int64]) {
        for number in numbers {
            guard let index = self.segment(of: number), let place = self.segments[index].place(of: number) else { continue }
            _ = self.segments[index].remove(place)
        }
    }

    /// The document's number of a passage; nil when the passage is not here.
    package func group(of number: Int64) -> Int64? {
        guard let index = self.segment(of: number), let place = self.segments[index].place(of: number), !self.segments[index].isRemoved(place) else {
            return nil
        }
        return self.segments[index].groups[place]
    }

    /// All that can be found, in order.
    package var numbers: [Int64] {
        self.segments.flatMap { segment in segment.numbers.indices.lazy.filter { !segment.isRemoved($0) }.map { segment.numbers[$0] } }
    }

    private func segment(of number: Int64) -> Int? {
        self.segments.lastIndex { ($0.numbers.first ?? .max) <= number }
    }

    /// Merges what has become many or mostly removed, and brings the shares up to date.
    mutating func settle() {
        self.segments.removeAll { $0.liveCount == 0 }
        let total = self.segments.reduce(0) { $0 + $1.totalLength }
        let average = Float(total) / Float(max(1, self.segments.reduce(0) { $0 + $1.count }))
        if abs(average - self.averageLength) > Self.drift * self.averageLength {
            self.averageLength = average
            for index in self.segments.indices { self.segments[index].rescale(averageLength: average, weights: self.weights) }
        }
        while let range = self.due() {
            let merged = PostingsSegment(merging: self.segments[range], averageLength: self.averageLength, weights: self.weights)
            self.segments.replaceSubrange(range, with: merged.count > 0 ? [merged] : [])
        }
    }

    /// Neighbours to be merged: the newest run of one size class that is long enough, or a segment that is mostly removed.
    private func due() -> Range<Int>? {
        if let sparse = self.segments.firstIndex(where: { $0.removedCount * 2 > $0.count }) { return sparse..<(sparse + 1) }
        var end = self.segments.count
        while end > 0 {
            let size = Self.sizeClass(self.segments[end - 1].liveCount)
            var start = end
            var live = 0
            while start > 0, Self.sizeClass(self.segments[start - 1].liveCount) <= size,
                live + self.segments[start - 1].liveCount <= PostingsSegment.maxPassages
            {
                start -= 1
                live += self.segments[start].liveCount
            }
            let isFull = size >= Self.sizeClass(PostingsSegment.maxPassages / Self.fanIn)
            if end - start >= (isFull ? 2 : Self.fanIn) && end - start >= 2 { return start..<end }
            end = min(start, end - 1)
        }
        return nil
    }

    /// 0 up to 31 passages, then one more for each factor of ``fanIn``.
    private static func sizeClass(_ count: Int) -> Int {
        var (size, bound) = (0, 32)
        while count >= bound {
            bound *= self.fanIn
            size += 1
        }
        return size
    }
}
