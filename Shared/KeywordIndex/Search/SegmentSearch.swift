/// Finds the best passages of one segment.
///
/// Windows of 1,024 passages are looked at one after the other. In each, every term has an upper bound of what it can add (exact for its
/// list in the window). Windows whose bounds do not exceed the worst hit kept are left out. Of the others only the lists that can
/// lift a passage above it are read in full, the rest is looked up for passages that still can win: MaxScore (Turtle and Flood 1995)
/// with block-max bounds (Ding and Suel, SIGIR 2011).
struct SegmentSearch {
    private static let width = 1 << PostingsSegment.windowBits

    let segment: PostingsSegment
    let allowed: Bitmap?

    func run(_ cursors: [TermCursor], into hits: inout TopHits) {
        var cursors = cursors
        let segment = self.segment
        segment.passages.withUnsafeBufferPointer { passages in
            segment.shares.withUnsafeBufferPointer { shares in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.width) { scores in
                    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.width / 64) { touched in
                        scores.initialize(repeating: 0)
                        touched.initialize(repeating: 0)
                        for window in 0..<segment.windows {
                            self.search(window, &cursors, passages, shares, scores, touched, &hits)
                        }
                    }
                }
            }
        }
    }

    private func search(
        _ window: Int, _ cursors: inout [TermCursor], _ passages: UnsafeBufferPointer<UInt16>, _ shares: UnsafeBufferPointer<UInt8>,
        _ scores: UnsafeMutableBufferPointer<Float>, _ touched: UnsafeMutableBufferPointer<UInt64>, _ hits: inout TopHits
    ) {
        let base = window << PostingsSegment.windowBits
        let total = self.enter(window, &cursors, passages)
        guard total > hits.threshold else { return }
        cursors.sort { $0.bound < $1.bound }

        // Lists at the front cannot lift a passage above the threshold, not even together.
        var essential = 0
        var optional: Float = 0
        while essential < cursors.count, optional + cursors[essential].bound <= hits.threshold {
            optional += cursors[essential].bound
            essential += 1
        }
        for index in essential..<cursors.count {
            let cursor = cursors[index]
            for posting in cursor.next..<cursor.windowEnd {
                let place = Int(passages[posting]) - base
                scores[place] += cursor.weight * Float(shares[posting])
                touched[place >> 6] |= 1 << UInt64(place & 63)
            }
        }
        for word in 0..<touched.count where touched[word] != 0 {
            var bits = touched[word]
            touched[word] = 0
            while bits != 0 {
                let place = word << 6 | bits.trailingZeroBitCount
                bits &= bits - 1
                let score = scores[place]
                scores[place] = 0
                if score + optional > hits.threshold {
                    self.judge(base + place, score, optional, &cursors, essential, passages, shares, &hits)
                }
            }
        }
        for index in cursors.indices { cursors[index].next = cursors[index].windowEnd }
    }

    /// Brings the cursors to a window; what all of them can add there.
    private func enter(_ window: Int, _ cursors: inout [TermCursor], _ passages: UnsafeBufferPointer<UInt16>) -> Float {
        let stride = self.segment.windows + 1
        let limit = (window + 1) << PostingsSegment.windowBits
        var total: Float = 0
        for index in cursors.indices {
            let row = cursors[index].row
            var share = UInt8(0)
            if row >= 0 {
                cursors[index].next = Int(self.segment.windowStarts[row * stride + window])
                cursors[index].windowEnd = Int(self.segment.windowStarts[row * stride + window + 1])
                share = self.segment.windowShares[row * self.segment.windows + window]
            } else {
                // Windows that were left out are behind.
                var next = cursors[index].windowEnd
                cursors[index].next = next
                while next < cursors[index].end, Int(passages[next]) < limit { next += 1 }
                cursors[index].windowEnd = next
                share = next > cursors[index].next ? cursors[index].largestShare : 0
            }
            cursors[index].bound = cursors[index].weight * Float(share)
            total += cursors[index].bound
        }
        return total
    }

    /// Completes the score of one passage, as long as it can still win.
    @inline(__always)
    private func judge(
        _ passage: Int, _ known: Float, _ optional: Float, _ cursors: inout [TermCursor], _ essential: Int,
        _ passages: UnsafeBufferPointer<UInt16>, _ shares: UnsafeBufferPointer<UInt8>, _ hits: inout TopHits
    ) {
        if self.segment.isRemoved(passage) { return }
        if let allowed = self.allowed, !allowed[passage] { return }
        var score = known
        var rest = optional
        var index = essential - 1
        while index >= 0 {
            rest -= cursors[index].bound
            let end = cursors[index].windowEnd
            // Passages come in order, so the list is only walked forward: in growing steps, then by halves.
            var low = cursors[index].next
            var step = 1
            while low + step < end, Int(passages[low + step]) < passage {
                low += step
                step *= 2
            }
            var high = min(low + step, end)
            while low < high {
                let middle = (low + high) >> 1
                if Int(passages[middle]) < passage { low = middle + 1 } else { high = middle }
            }
            cursors[index].next = low
            if low < end, Int(passages[low]) == passage { score += cursors[index].weight * Float(shares[low]) }
            if score + max(rest, 0) <= hits.threshold { return }
            index -= 1
        }
        // Of equal ones the older is better, and passages come in order of their age.
        if score > hits.threshold {
            hits.insert(KeywordHit(number: self.segment.numbers[passage], group: self.segment.groups[passage], score: score))
        }
    }
}
