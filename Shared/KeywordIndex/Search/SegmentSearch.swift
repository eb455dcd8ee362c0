/// Finds the best passages of one segment.
///
/// Each term has an upper bound of what it can add in each window of 1,024 passages. Windows are looked at in the order of what all terms together
/// can add there, the best first, until that is less than the worst hit kept: most are never looked at. In a window only the lists that can lift a
/// passage above that hit are read in full, the rest is looked up for passages that still can win: MaxScore (Turtle and Flood 1995) with block-max
/// bounds (Ding and Suel, SIGIR 2011). Scores are whole numbers, so that the order of adding them up, and with it the order of windows, changes nothing.
struct SegmentSearch {
    private static let width = 1 << PostingsSegment.windowBits

    let segment: PostingsSegment
    let allowed: Bitmap?
    let terms: [SegmentTerm]

    func run(into hits: inout TopHits) {
        let (windows, terms) = (self.segment.windows, self.terms.count)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: terms * (windows + 1)) { starts in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: (terms + 1) * windows) { bounds in
                self.bound(starts, bounds)
                let totals = UnsafeMutableBufferPointer(rebasing: bounds[(terms * windows)...])
                var order = (0..<windows).filter { totals[$0] > 0 && totals[$0] >= hits.threshold }
                order.sort { totals[$0] != totals[$1] ? totals[$0] > totals[$1] : $0 < $1 }
                guard !order.isEmpty else { return }
                self.segment.passages.withUnsafeBufferPointer { passages in
                    self.segment.shares.withUnsafeBufferPointer { shares in
                        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.width) { scores in
                            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.width / 64) { touched in
                                scores.initialize(repeating: 0)
                                touched.initialize(repeating: 0)
                                var cursors: [TermCursor] = []
                                cursors.reserveCapacity(terms)
                                for window in order {
                                    guard totals[window] >= hits.threshold else { break }
                                    self.enter(window, starts, bounds, &cursors)
                                    self.search(window, &cursors, passages, shares, scores, touched, &hits)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Where each list enters each window, the most it can add there, and behind these the sums of all lists.
    private func bound(_ starts: UnsafeMutableBufferPointer<UInt32>, _ bounds: UnsafeMutableBufferPointer<UInt32>) {
        let (segment, windows) = (self.segment, self.segment.windows)
        bounds.initialize(repeating: 0)
        for (index, term) in self.terms.enumerated() {
            let (first, base) = (index * (windows + 1), index * windows)
            if term.row >= 0 {
                for window in 0...windows { starts.initializeElement(at: first + window, to: segment.windowStarts[term.row * (windows + 1) + window]) }
                for window in 0..<windows { bounds[base + window] = term.weight * UInt32(segment.windowShares[term.row * windows + window]) }
            } else {
                var posting = term.postings.lowerBound
                for window in 0..<windows {
                    starts.initializeElement(at: first + window, to: UInt32(posting))
                    let limit = (window + 1) << PostingsSegment.windowBits
                    var share = UInt8(0)
                    while posting < term.postings.upperBound, Int(segment.passages[posting]) < limit {
                        share = max(share, segment.shares[posting])
                        posting += 1
                    }
                    bounds[base + window] = term.weight * UInt32(share)
                }
                starts.initializeElement(at: first + windows, to: UInt32(term.postings.upperBound))
            }
            for window in 0..<windows { bounds[self.terms.count * windows + window] += bounds[base + window] }
        }
    }

    /// The lists that have something in a window, those that can add least first.
    private func enter(
        _ window: Int, _ starts: UnsafeMutableBufferPointer<UInt32>, _ bounds: UnsafeMutableBufferPointer<UInt32>, _ cursors: inout [TermCursor]
    ) {
        let windows = self.segment.windows
        cursors.removeAll(keepingCapacity: true)
        for (index, term) in self.terms.enumerated() where bounds[index * windows + window] > 0 {
            let cursor = TermCursor(
                weight: term.weight, next: Int(starts[index * (windows + 1) + window]), end: Int(starts[index * (windows + 1) + window + 1]),
                bound: bounds[index * windows + window])
            var place = cursors.count
            cursors.append(cursor)
            while place > 0, cursors[place - 1].bound > cursor.bound {
                cursors.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    private func search(
        _ window: Int, _ cursors: inout [TermCursor], _ passages: UnsafeBufferPointer<UInt16>, _ shares: UnsafeBufferPointer<UInt8>,
        _ scores: UnsafeMutableBufferPointer<UInt32>, _ touched: UnsafeMutableBufferPointer<UInt64>, _ hits: inout TopHits
    ) {
        let base = window << PostingsSegment.windowBits
        // Lists at the front cannot lift a passage up to the threshold, not even together.
        var essential = 0
        var optional: UInt32 = 0
        while essential < cursors.count, optional + cursors[essential].bound < hits.threshold {
            optional += cursors[essential].bound
            essential += 1
        }
        for index in essential..<cursors.count {
            let cursor = cursors[index]
            for posting in cursor.next..<cursor.end {
                let place = Int(passages[posting]) - base
                scores[place] &+= cursor.weight &* UInt32(shares[posting])
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
                if score + optional >= hits.threshold {
                    self.judge(base + place, score, optional, &cursors, essential, passages, shares, &hits)
                }
            }
        }
    }

    /// Completes the score of one passage, as long as it can still win.
    @inline(__always)
    private func judge(
        _ passage: Int, _ known: UInt32, _ optional: UInt32, _ cursors: inout [TermCursor], _ essential: Int,
        _ passages: UnsafeBufferPointer<UInt16>, _ shares: UnsafeBufferPointer<UInt8>, _ hits: inout TopHits
    ) {
        if self.segment.isRemoved(passage) { return }
        if let allowed = self.allowed, !allowed[passage] { return }
        var score = known
        var rest = optional
        var index = essential - 1
        while index >= 0 {
            rest -= cursors[index].bound
            let end = cursors[index].end
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
            if low < end, Int(passages[low]) == passage { score &+= cursors[index].weight &* UInt32(shares[low]) }
            if score + rest < hits.threshold { return }
            index -= 1
        }
        if score > 0, score >= hits.threshold {
            hits.insert(TopHits.Entry(number: self.segment.numbers[passage], group: self.segment.groups[passage], score: score))
        }
    }
}

/// A term's list in one segment.
struct SegmentTerm {
    /// What a share of 1/255 is worth.
    let weight: UInt32
    let postings: Range<Int>
    /// Among the rows of long lists; -1 for a short one.
    let row: Int
}
