/// The sections of a document and what they are made of.
///
/// Understood are Markdown (ATX and Setext headings, fences, pipe tables; CommonMark §4, GFM §4.10) and plain text with numbered clauses as
/// 3GPP, ETSI and O-RAN documents have them ("5.2.1 Registration", "Annex A"). Clauses count where no Markdown heading does.
struct DocumentOutline {
    struct Block {
        enum Kind { case prose, table, code }
        var kind: Kind
        var range: Range<Int>
        var tokens: Int
    }

    struct Section {
        /// Outermost first.
        var headings: [String]
        var blocks: [Block]
    }

    private(set) var sections: [Section] = []
    private let bytes: UnsafeBufferPointer<UInt8>
    private var path: [(level: Int, title: String)] = []
    private var blocks: [Block] = []
    private var open: (kind: Block.Kind, range: Range<Int>, lines: Int)?
    private var fence: UInt8?
    private var clauses = ClauseNumbering()
    private let hasMarkdownHeadings: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        self.hasMarkdownHeadings = Self.firstHeading(bytes) != nil
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0a { end += 1 }
            self.read(start..<end, next: min(end + 1, bytes.count))
            start = end + 1
        }
        self.closeSection()
    }

    static func firstHeading(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var start = 0
        var isInFence = false
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0a { end += 1 }
            let line = OutlineLine(bytes, start..<end)
            if line.fence != nil { isInFence.toggle() }
            if !isInFence, let heading = line.heading, !heading.title.isEmpty { return heading.title }
            start = end + 1
        }
        return nil
    }

    private mutating func read(_ range: Range<Int>, next: Int) {
        let line = OutlineLine(self.bytes, range)
        if let fence = self.fence {
            self.extend(.code, to: range)
            if line.fence == fence { self.fence = nil }
        } else if let fence = line.fence {
            self.closeBlock()
            self.fence = fence
            self.extend(.code, to: range)
        } else if line.isEmpty {
            self.closeBlock()
        } else if let heading = line.heading {
            self.begin(heading.title, level: heading.level)
        } else if let level = line.underline, let open = self.open, open.kind == .prose, open.lines == 1 {
            let title = OutlineLine(self.bytes, open.range).text
            self.open = nil
            self.begin(title, level: level)
        } else if !self.hasMarkdownHeadings, self.open == nil, let clause = line.clause, self.clauses.accepts(clause) {
            self.begin(clause.title, level: clause.level)
        } else {
            let kind: Block.Kind = line.isTableRow || self.isColumns(line, next: next) ? .table : .prose
            if let open = self.open, open.kind != kind { self.closeBlock() }
            self.extend(kind, to: range)
        }
    }

    /// A line with columns is a row where another such stands beside it.
    private func isColumns(_ line: OutlineLine, next: Int) -> Bool {
        line.isColumns && (self.open?.kind == .table || OutlineLine(self.bytes, self.line(at: next)).isColumns)
    }

    private func line(at start: Int) -> Range<Int> {
        var end = start
        while end < self.bytes.count, self.bytes[end] != 0x0a { end += 1 }
        return start..<end
    }

    private mutating func extend(_ kind: Block.Kind, to range: Range<Int>) {
        if let open = self.open {
            self.open = (kind, open.range.lowerBound..<range.upperBound, open.lines + 1)
        } else {
            self.open = (kind, range, 1)
        }
    }

    private mutating func begin(_ title: String, level: Int) {
        self.closeSection()
        self.path.removeAll { $0.level >= level }
        if !title.isEmpty { self.path.append((level, title)) }
    }

    private mutating func closeBlock() {
        if let open = self.open { self.blocks.append(Block(kind: open.kind, range: open.range, tokens: TokenEstimate.count(self.bytes, open.range))) }
        self.open = nil
    }

    private mutating func closeSection() {
        self.closeBlock()
        if !self.blocks.isEmpty { self.sections.append(Section(headings: self.path.map(\.title), blocks: self.blocks)) }
        self.blocks.removeAll(keepingCapacity: true)
    }
}
