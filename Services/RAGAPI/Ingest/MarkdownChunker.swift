/// Cuts Markdown along its headings, then along paragraphs, sentences and words until a passage fits.
///
/// Passages of one section overlap by the last sentence or so of the one before, so that a fact cut in two is still found.
/// Plain text is Markdown without headings.
struct MarkdownChunker: Sendable {
    /// Words a passage may have.
    var wordLimit = 200
    /// Words repeated at most from the passage before, whole sentences only.
    var overlap = 25

    /// Part of every content hash: another cut means another document.
    var identity: String { "markdown/1/\(self.wordLimit)/\(self.overlap)" }

    /// At least one chunk for any text that holds a word.
    func chunks(of text: String, title: String) -> [Chunk] {
        var chunks: [Chunk] = []
        for section in Self.sections(of: text, title: title) {
            for passage in self.passages(of: section.blocks) {
                chunks.append(Chunk(ordinal: chunks.count, heading: section.heading, text: passage))
            }
        }
        // Nothing but headings is still worth finding.
        return chunks.isEmpty ? [Chunk(ordinal: 0, heading: [], text: String(text.prefix(self.wordLimit * 8)))] : chunks
    }

    static func firstHeading(of text: String) -> String? {
        for line in text.split(separator: "\n") {
            if let heading = Self.heading(in: line), !heading.title.isEmpty { return heading.title }
        }
        return nil
    }

    // MARK: Sections

    private struct Section {
        var heading: [String]
        var blocks: [String]
    }

    private static func sections(of text: String, title: String) -> [Section] {
        var sections: [Section] = []
        var path: [(level: Int, title: String)] = []
        var blocks: [String] = []
        var block: [Substring] = []
        var fence: Substring?

        func closeBlock() {
            if !block.isEmpty { blocks.append(block.joined(separator: "\n")) }
            block.removeAll(keepingCapacity: true)
        }
        func closeSection() {
            closeBlock()
            if !blocks.isEmpty { sections.append(Section(heading: path.map(\.title).filter { $0 != title }, blocks: blocks)) }
            blocks.removeAll(keepingCapacity: true)
        }

        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if let open = fence {
                block.append(line)
                if trimmed.hasPrefix(open) { fence = nil }
            } else if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                fence = trimmed.prefix(3)
                block.append(line)
            } else if let heading = Self.heading(in: line) {
                closeSection()
                path.removeAll { $0.level >= heading.level }
                if !heading.title.isEmpty { path.append(heading) }
            } else if trimmed.isEmpty {
                closeBlock()
            } else {
                block.append(line)
            }
        }
        closeSection()
        return sections
    }

    /// An ATX heading (CommonMark §4.2): one to six `#` and a space.
    private static func heading(in line: Substring) -> (level: Int, title: String)? {
        let hashes = line.prefix { $0 == "#" }
        let rest = line.dropFirst(hashes.count)
        guard (1...6).contains(hashes.count), rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        var title = rest.drop { $0.isWhitespace }
        while let last = title.last, last.isWhitespace || last == "#" { title.removeLast() }
        return (hashes.count, String(title))
    }

    // MARK: Passages

    private func passages(of blocks: [String]) -> [String] {
        var passages: [String] = []
        var parts: [Substring] = []
        var words = 0
        for block in blocks {
            for (index, piece) in self.pieces(of: block).enumerated() {
                let cost = Self.words(in: piece)
                if words + cost > self.wordLimit, !parts.isEmpty {
                    let passage = parts.joined()
                    passages.append(Self.trimmed(passage))
                    let tail = self.tail(of: passage)
                    parts = tail.isEmpty ? [] : [Substring(tail + " ")]
                    words = Self.words(in: Substring(tail))
                } else if index == 0, !parts.isEmpty {
                    parts.append("\n\n")
                }
                parts.append(piece)
                words += cost
            }
        }
        let last = Self.trimmed(parts.joined())
        if !last.isEmpty { passages.append(last) }
        return passages
    }

    /// A block that fits stays whole; another is cut after sentences, a sentence that does not fit after words.
    private func pieces(of block: String) -> [Substring] {
        if Self.words(in: block[...]) <= self.wordLimit { return [block[...]] }
        return Self.sentences(of: block[...]).flatMap { sentence in
            Self.words(in: sentence) <= self.wordLimit - self.overlap ? [sentence] : self.runs(of: sentence)
        }
    }

    private func runs(of sentence: Substring) -> [Substring] {
        var runs: [Substring] = []
        var start = sentence.startIndex
        var cost = 0
        var index = start
        var inWord = false
        var wordBytes = 0
        while index < sentence.endIndex {
            let character = sentence[index]
            let next = sentence.index(after: index)
            if character.isWhitespace {
                inWord = false
            } else {
                wordBytes = inWord ? wordBytes + character.utf8.count : character.utf8.count
                if !inWord || wordBytes > Self.bytesOfLongWord {
                    cost += 1
                    wordBytes = 0
                }
                inWord = true
            }
            if cost > self.wordLimit - self.overlap, start < index {
                runs.append(sentence[start..<index])
                start = index
                cost = 1
            }
            index = next
        }
        if start < sentence.endIndex { runs.append(sentence[start...]) }
        return runs
    }

    /// The last whole sentences of a passage that together have no more words than the overlap.
    private func tail(of passage: String) -> String {
        var kept: [Substring] = []
        var words = 0
        for sentence in Self.sentences(of: passage[...]).reversed() {
            words += Self.words(in: sentence)
            if words > self.overlap { break }
            kept.append(sentence)
        }
        return Self.trimmed(kept.reversed().joined())
    }

    /// Blanks after a sentence belong to it; a line is a sentence too (rows of a table, items of a list).
    private static func sentences(of text: Substring) -> [Substring] {
        var sentences: [Substring] = []
        var start = text.startIndex
        var last: Character?
        var blank = false
        var newline = false
        for index in text.indices {
            let character = text[index]
            if character.isWhitespace {
                blank = true
                newline = newline || character.isNewline
                continue
            }
            if let last, newline || (blank && ".!?".contains(last)) || "。！？".contains(last) {
                sentences.append(text[start..<index])
                start = index
            }
            (last, blank, newline) = (character, false, false)
        }
        if start < text.endIndex { sentences.append(text[start...]) }
        return sentences
    }

    /// Beyond this a "word" is a script without spaces, or noise, and counts as several.
    private static let bytesOfLongWord = 24

    private static func words(in text: Substring) -> Int {
        var count = 0
        var bytes = 0
        for byte in text.utf8 {
            if byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) {
                bytes = 0
            } else {
                if bytes % (Self.bytesOfLongWord + 1) == 0 { count += 1 }
                bytes += 1
            }
        }
        return count
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let first = text.first, first.isNewline { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
