/// Cuts a document along its structure: headings or numbered clauses, then paragraphs, lists and tables, then sentences, then words.
///
/// A passage is a stretch of the document of about the size a sentence model reads. Passages of one section overlap by the last sentences
/// of the one before, so that a fact cut in two is still found. Tables and code stay whole as long as that is bearable.
struct Chunker: Sendable, Equatable {
    /// Tokens a passage may have; see ``TokenEstimate``.
    var limit = 220
    /// Tokens repeated at most from the passage before, whole sentences only.
    var overlap = 32

    /// A table or code is cut only beyond this many times the limit, and then after lines.
    private static let wholeFactor = 4

    /// Part of every content hash: another cut means another document.
    var identity: String { "structure/2/\(self.limit)/\(self.overlap)" }

    /// At least one chunk for any text that holds a word.
    func chunks(of text: String, title: String) -> [Chunk] {
        var text = text
        return text.withUTF8 { bytes in
            var chunks: [Chunk] = []
            for section in DocumentOutline(bytes).sections {
                let heading = section.headings.filter { $0 != title }
                for passage in self.passages(of: section.blocks, in: bytes) {
                    chunks.append(Chunk(ordinal: chunks.count, heading: heading, text: passage))
                }
            }
            // Nothing but headings is still worth finding.
            if chunks.isEmpty {
                let end = TextCut.boundary(at: min(bytes.count, self.limit * 8), in: bytes)
                let head = TextCut.trimmed(0..<end, of: bytes)
                if !head.isEmpty { chunks.append(Chunk(ordinal: 0, heading: [], text: head)) }
            }
            return chunks
        }
    }

    static func firstHeading(of text: String) -> String? {
        var text = text
        return text.withUTF8 { DocumentOutline.firstHeading($0) }
    }

    // MARK: Passages

    /// A stretch that is not cut any further.
    private struct Piece {
        var range: Range<Int>
        var tokens: Int
        /// Whether the next passage may begin with it a second time.
        var repeats: Bool
    }

    private func passages(of blocks: [DocumentOutline.Block], in bytes: UnsafeBufferPointer<UInt8>) -> [String] {
        var passages: [String] = []
        var pieces: [Piece] = []
        var tokens = 0
        var isNew = false
        func close() {
            if isNew, let first = pieces.first, let last = pieces.last {
                let text = TextCut.trimmed(first.range.lowerBound..<last.range.upperBound, of: bytes)
                if !text.isEmpty { passages.append(text) }
            }
            isNew = false
        }
        for block in blocks {
            if block.kind != .prose, block.tokens > self.limit * Self.wholeFactor {
                close()
                (pieces, tokens) = ([], 0)
                passages += self.parts(of: block, in: bytes)
                continue
            }
            for piece in self.pieces(of: block, in: bytes) {
                if tokens + piece.tokens > self.limit, isNew {
                    close()
                    pieces = self.tail(of: pieces, before: piece)
                    tokens = pieces.reduce(0) { $0 + $1.tokens }
                }
                pieces.append(piece)
                tokens += piece.tokens
                isNew = true
            }
        }
        close()
        return passages
    }

    /// The last pieces that together have no more tokens than the overlap, if they and the next fit.
    private func tail(of pieces: [Piece], before next: Piece) -> [Piece] {
        var kept = 0
        var tokens = 0
        for piece in pieces.reversed() {
            tokens += piece.tokens
            guard piece.repeats, tokens <= self.overlap, tokens + next.tokens <= self.limit else { break }
            kept += 1
        }
        return Array(pieces.suffix(kept))
    }

    /// A block that fits stays whole; prose is cut after sentences, a sentence that does not fit after words.
    private func pieces(of block: DocumentOutline.Block, in bytes: UnsafeBufferPointer<UInt8>) -> [Piece] {
        guard block.kind == .prose else { return [Piece(range: block.range, tokens: block.tokens, repeats: false)] }
        return TextCut.sentences(of: block.range, in: bytes).flatMap { sentence -> [Piece] in
            let tokens = TokenEstimate.count(bytes, sentence)
            if tokens <= self.limit { return [Piece(range: sentence, tokens: tokens, repeats: true)] }
            return TextCut.runs(of: sentence, in: bytes, tokens: self.limit).map {
                Piece(range: $0, tokens: TokenEstimate.count(bytes, $0), repeats: false)
            }
        }
    }

    /// A table or code that is too large: cut after lines, the head of a table again on top of each part.
    private func parts(of block: DocumentOutline.Block, in bytes: UnsafeBufferPointer<UInt8>) -> [String] {
        let head = block.kind == .table ? TextCut.head(ofTable: block.range, in: bytes) : block.range.lowerBound..<block.range.lowerBound
        let headText = TextCut.trimmed(head, of: bytes)
        let room = max(self.limit - TokenEstimate.count(bytes, head), self.limit / 2)
        var parts: [String] = []
        var start = head.upperBound
        var end = start
        var tokens = 0
        func close() {
            let text = TextCut.trimmed(start..<end, of: bytes)
            if !text.isEmpty { parts.append(headText.isEmpty ? text : headText + "\n" + text) }
            start = end
            tokens = 0
        }
        for line in TextCut.lines(of: head.upperBound..<block.range.upperBound, in: bytes) {
            for run in TextCut.runs(of: line, in: bytes, tokens: room) {
                let cost = TokenEstimate.count(bytes, run)
                if tokens + cost > room, tokens > 0 { close() }
                end = run.upperBound
                tokens += cost
            }
        }
        close()
        return parts
    }
}
