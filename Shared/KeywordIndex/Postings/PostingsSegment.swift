/// The postings of up to 65,536 passages. Immutable but for the marks of those that were removed.
///
/// Terms are sorted by name and found by interpolation. Each posting is a passage within the segment (16 bits), how often the term occurs
/// there (8 bits, weighted by field), and its share of a score (8 bits). Long lists know the largest share in each window of 1,024
/// passages, and where the window begins, so that a search leaves out windows that cannot matter.
struct PostingsSegment: Sendable {
    static let maxPassages = 1 << 16
    static let windowBits = 10
    /// Lists that are longer have windows.
    static let longList = 256

    let numbers: [Int64]
    let groups: [Int64]
    let lengths: [UInt16]
    let terms: [UInt64]
    /// Where the postings of each term begin; one more than there are terms.
    let starts: [UInt32]
    let passages: [UInt16]
    let frequencies: [UInt8]
    /// Terms with long lists, and for each of them where every window begins, the end included.
    let longTerms: [UInt32]
    let windowStarts: [UInt32]
    /// Sum of ``lengths``.
    let totalLength: Int

    private(set) var removed: Bitmap?
    private(set) var removedCount = 0
    /// Depend on the average length of all passages; 255 is a share of 1.
    private(set) var shares: [UInt8] = []
    private(set) var windowShares: [UInt8] = []

    var count: Int { self.numbers.count }
    var liveCount: Int { self.count - self.removedCount }
    var windows: Int { (self.count + (1 << Self.windowBits) - 1) >> Self.windowBits }

    /// Bytes held in memory.
    var bytes: Int {
        self.count * 18 + self.terms.count * 12 + self.passages.count * 4 + self.longTerms.count * 4 + self.windowStarts.count * 4 + self.windowShares.count
    }

    // MARK: Making

    init(_ made: PassageTerms, averageLength: Float, weights: FieldWeights) {
        let postings = made.inOrderOfTerms
        var builder = SegmentBuilder(capacity: postings.count)
        for posting in postings { builder.add(posting.term, posting.document, posting.frequency) }
        self.init(builder, numbers: made.numbers, groups: made.groups, lengths: made.lengths, averageLength: averageLength, weights: weights)
    }

    /// One segment of several neighbours, without what was removed. Together they hold at most ``maxPassages`` that live.
    init(merging segments: ArraySlice<PostingsSegment>, averageLength: Float, weights: FieldWeights) {
        var numbers: [Int64] = []
        var groups: [Int64] = []
        var lengths: [UInt16] = []
        // Where each passage goes; removed ones nowhere.
        var places: [[Int32]] = []
        for segment in segments {
            var place = [Int32](repeating: -1, count: segment.count)
            for index in 0..<segment.count where !segment.isRemoved(index) {
                place[index] = Int32(numbers.count)
                numbers.append(segment.numbers[index])
                groups.append(segment.groups[index])
                lengths.append(segment.lengths[index])
            }
            places.append(place)
        }
        var builder = SegmentBuilder(capacity: segments.reduce(0) { $0 + $1.passages.count })
        var cursors = [Int](repeating: 0, count: segments.count)
        while true {
            var least: UInt64?
            for (index, segment) in segments.enumerated() where cursors[index] < segment.terms.count {
                let term = segment.terms[cursors[index]]
                if least.map({ term < $0 }) ?? true { least = term }
            }
            guard let term = least else { break }
            for (index, segment) in segments.enumerated() where cursors[index] < segment.terms.count && segment.terms[cursors[index]] == term {
                for posting in Int(segment.starts[cursors[index]])..<Int(segment.starts[cursors[index] + 1]) {
                    let place = places[index][Int(segment.passages[posting])]
                    if place >= 0 { builder.add(term, UInt16(truncatingIfNeeded: place), segment.frequencies[posting]) }
                }
                cursors[index] += 1
            }
        }
        self.init(builder, numbers: numbers, groups: groups, lengths: lengths, averageLength: averageLength, weights: weights)
    }

    private init(
        _ builder: SegmentBuilder, numbers: [Int64], groups: [Int64], lengths: [UInt16], averageLength: Float, weights: FieldWeights
    ) {
        self.numbers = numbers
        self.groups = groups
        self.lengths = lengths
        self.terms = builder.terms
        self.starts = builder.starts + [UInt32(builder.passages.count)]
        self.passages = builder.passages
        self.frequencies = builder.frequencies
        self.totalLength = lengths.reduce(0) { $0 + Int($1) }
        (self.longTerms, self.windowStarts) = Self.windows(of: builder, count: numbers.count)
        self.rescale(averageLength: averageLength, weights: weights)
    }

    /// As it was written; nil when it makes no sense.
    init?(_ reader: inout KeywordFileReader) {
        guard let numbers = reader.array(Int64.self), let groups = reader.array(Int64.self), let lengths = reader.array(UInt16.self),
            let terms = reader.array(UInt64.self), let starts = reader.array(UInt32.self), let passages = reader.array(UInt16.self),
            let frequencies = reader.array(UInt8.self), let longTerms = reader.array(UInt32.self), let windowStarts = reader.array(UInt32.self),
            let removed = reader.array(UInt64.self), let shares = reader.array(UInt8.self), let windowShares = reader.array(UInt8.self)
        else { return nil }
        (self.numbers, self.groups, self.lengths, self.terms, self.starts) = (numbers, groups, lengths, terms, starts)
        (self.passages, self.frequencies, self.longTerms, self.windowStarts) = (passages, frequencies, longTerms, windowStarts)
        (self.shares, self.windowShares) = (shares, windowShares)
        self.totalLength = lengths.reduce(0) { $0 + Int($1) }
        if !removed.isEmpty {
            let bitmap = Bitmap(words: removed)
            self.removed = bitmap
            self.removedCount = bitmap.count
        }
        guard groups.count == self.count, lengths.count == self.count, starts.count == terms.count + 1,
            frequencies.count == passages.count, shares.count == passages.count, Int(starts.last ?? 0) == passages.count,
            windowStarts.count == longTerms.count * (self.windows + 1), windowShares.count == longTerms.count * self.windows,
            removed.isEmpty || removed.count == (self.count + 63) / 64
        else { return nil }
    }

    func write(to writer: inout KeywordFileWriter) throws(KeywordFile.Fault) {
        try writer.write(array: self.numbers)
        try writer.write(array: self.groups)
        try writer.write(array: self.lengths)
        try writer.write(array: self.terms)
        try writer.write(array: self.starts)
        try writer.write(array: self.passages)
        try writer.write(array: self.frequencies)
        try writer.write(array: self.longTerms)
        try writer.write(array: self.windowStarts)
        try writer.write(array: self.removed?.words ?? [])
        try writer.write(array: self.shares)
        try writer.write(array: self.windowShares)
    }

    private static func windows(of builder: SegmentBuilder, count: Int) -> ([UInt32], [UInt32]) {
        let windows = (count + (1 << self.windowBits) - 1) >> self.windowBits
        var longTerms: [UInt32] = []
        var starts: [UInt32] = []
        for term in builder.terms.indices {
            let first = Int(builder.starts[term])
            let last = term + 1 < builder.starts.count ? Int(builder.starts[term + 1]) : builder.passages.count
            guard last - first > self.longList else { continue }
            longTerms.append(UInt32(term))
            var posting = first
            for window in 0..<windows {
                while posting < last, Int(builder.passages[posting]) >> self.windowBits < window { posting += 1 }
                starts.append(UInt32(posting))
            }
            starts.append(UInt32(last))
        }
        return (longTerms, starts)
    }

    /// Computes the shares again, for another average length (in quarters of a word).
    mutating func rescale(averageLength: Float, weights: FieldWeights) {
        // A share is tf / (tf + k1 · (1 − b + b · length / average)), tf and k1 in the same unit.
        let k1 = weights.k1 * 4
        let average = max(averageLength, 1)
        let norms = self.lengths.map { k1 * (1 - weights.b + weights.b * Float($0) / average) }
        var shares = [UInt8](repeating: 0, count: self.passages.count)
        for posting in shares.indices {
            let frequency = Float(self.frequencies[posting])
            shares[posting] = UInt8((255 * frequency / (frequency + norms[Int(self.passages[posting])])).rounded())
        }
        var windowShares: [UInt8] = []
        let stride = self.windows + 1
        for row in self.longTerms.indices {
            for window in 0..<self.windows {
                let first = Int(self.windowStarts[row * stride + window])
                let last = Int(self.windowStarts[row * stride + window + 1])
                windowShares.append(shares[first..<last].max() ?? 0)
            }
        }
        self.shares = shares
        self.windowShares = windowShares
    }

    // MARK: Looking up

    /// Where the term stands in ``terms``. Names are evenly spread, so the place of one can be guessed well.
    func index(of term: UInt64) -> Int? {
        self.terms.withUnsafeBufferPointer { terms in
            var low = 0
            var high = terms.count - 1
            var guesses = 0
            while low <= high {
                let (first, last) = (terms[low], terms[high])
                guard term >= first, term <= last else { return nil }
                var middle = (low + high) >> 1
                if guesses < 8, last > first {
                    middle = low + Int(Double(term - first) / Double(last - first) * Double(high - low))
                    guesses += 1
                }
                let found = terms[middle]
                if found == term { return middle }
                if found < term { low = middle + 1 } else { high = middle - 1 }
            }
            return nil
        }
    }

    func postings(of index: Int) -> Range<Int> { Int(self.starts[index])..<Int(self.starts[index + 1]) }

    /// The row of a long list among ``windowStarts`` and ``windowShares``.
    func windowRow(of index: Int) -> Int? {
        var low = 0
        var high = self.longTerms.count
        while low < high {
            let middle = (low + high) >> 1
            if Int(self.longTerms[middle]) < index { low = middle + 1 } else { high = middle }
        }
        return low < self.longTerms.count && Int(self.longTerms[low]) == index ? low : nil
    }

    /// The passage with this number, if it is here.
    func place(of number: Int64) -> Int? {
        guard let first = self.numbers.first, number >= first else { return nil }
        // Numbers are given one after the other: mostly it is where it would be if none were missing, and never behind that.
        let guess = Int(min(number - first, Int64(self.numbers.count - 1)))
        if self.numbers[guess] == number { return guess }
        var low = 0
        var high = guess
        while low < high {
            let middle = (low + high) >> 1
            if self.numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return self.numbers[low] == number ? low : nil
    }

    @inline(__always)
    func isRemoved(_ index: Int) -> Bool { self.removed?[index] ?? false }

    /// False when it was removed before.
    mutating func remove(_ index: Int) -> Bool {
        if self.removed == nil { self.removed = Bitmap(count: self.count) }
        guard self.removed?[index] == false else { return false }
        self.removed?[index] = true
        self.removedCount += 1
        return true
    }
}

/// Postings in the order of terms and passages.
struct SegmentBuilder {
    private(set) var terms: [UInt64] = []
    private(set) var starts: [UInt32] = []
    private(set) var passages: [UInt16] = []
    private(set) var frequencies: [UInt8] = []

    init(capacity: Int) {
        self.passages.reserveCapacity(capacity)
        self.frequencies.reserveCapacity(capacity)
    }

    mutating func add(_ term: UInt64, _ passage: UInt16, _ frequency: UInt8) {
        if self.terms.last != term {
            self.terms.append(term)
            self.starts.append(UInt32(self.passages.count))
        }
        self.passages.append(passage)
        self.frequencies.append(frequency)
    }
}
