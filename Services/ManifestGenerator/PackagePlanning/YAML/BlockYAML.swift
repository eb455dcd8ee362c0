/// Reads YAML as manifests are written: block style, one line a scalar, literal blocks, printable ASCII. Ten times as fast as a parser of all
/// of YAML, and strict: nil for everything it does not know at sight, which is then read by that parser. What it gives is what that one gives.
struct BlockYAML {
    /// The documents of a text, empty ones left out; nil where it must be read by a parser.
    static func documents(in text: String) -> [YAMLNode]? {
        var text = text
        return text.withUTF8 { bytes -> [YAMLNode]? in
            guard bytes.count <= self.maxBytes, bytes.last == UInt8(ascii: "\n"), let lines = self.lines(of: bytes) else { return nil }
            var reader = BlockYAML(bytes: bytes, lines: lines)
            return reader.stream()
        }
    }

    /// Well below what the parser's limit of values is.
    private static let maxBytes = 64 << 10
    private static let maxDepth = 32

    private struct Line {
        var start: Int
        /// Behind the last byte, the line's end not counted.
        var end: Int
        /// Leading spaces.
        var indent: Int
        var isEmpty: Bool { self.start + self.indent == self.end }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let lines: [Line]
    private var next = 0

    private init(bytes: UnsafeBufferPointer<UInt8>, lines: [Line]) {
        self.bytes = bytes
        self.lines = lines
    }

    private static func lines(of bytes: UnsafeBufferPointer<UInt8>) -> [Line]? {
        var lines: [Line] = []
        lines.reserveCapacity(bytes.count / 24)
        var start = 0
        while start < bytes.count {
            var end = start
            while bytes[end] == UInt8(ascii: " ") { end += 1 }
            let indent = end - start
            while bytes[end] != UInt8(ascii: "\n") {
                guard (0x20...0x7e).contains(bytes[end]) else { return nil }
                end += 1
            }
            lines.append(Line(start: start, end: end, indent: indent))
            start = end + 1
        }
        return lines
    }

    // MARK: Structure

    private mutating func stream() -> [YAMLNode]? {
        var documents: [YAMLNode] = []
        while true {
            guard self.skip() else { return nil }
            guard let line = self.peek() else { return documents }
            if self.isMarker(line) {
                self.next += 1
                continue
            }
            guard line.indent == 0, let node = self.block(at: 0, depth: 0) else { return nil }
            documents.append(node)
            guard self.skip() else { return nil }
            if let line = self.peek(), !self.isMarker(line) { return nil }
        }
    }

    /// Over comments and empty lines; false at a line of blanks only.
    private mutating func skip() -> Bool {
        while self.next < self.lines.count {
            let line = self.lines[self.next]
            if line.isEmpty {
                guard line.indent == 0 else { return false }
            } else if self.bytes[line.start + line.indent] != UInt8(ascii: "#") {
                return true
            }
            self.next += 1
        }
        return true
    }

    private func peek() -> Line? { self.next < self.lines.count ? self.lines[self.next] : nil }

    private func isMarker(_ line: Line) -> Bool { line.end - line.start == 3 && self.bytes[line.start..<line.end].allSatisfy { $0 == UInt8(ascii: "-") } }

    /// The mapping or sequence that begins in this line.
    private mutating func block(at indent: Int, depth: Int) -> YAMLNode? {
        guard let line = self.peek(), line.indent == indent, depth < Self.maxDepth else { return nil }
        return self.isItem(line.start + indent, line) ? self.sequence(at: indent, depth: depth) : self.mapping(at: indent, from: nil, depth: depth)
    }

    private func isItem(_ position: Int, _ line: Line) -> Bool {
        self.bytes[position] == UInt8(ascii: "-") && (position + 1 == line.end || self.bytes[position + 1] == UInt8(ascii: " "))
    }

    /// - Parameter first: where the first key is, when that is behind a dash.
    private mutating func mapping(at indent: Int, from first: Int?, depth: Int) -> YAMLNode? {
        guard depth < Self.maxDepth else { return nil }
        var entries: [YAMLEntry] = []
        var position = first
        while true {
            guard let line = self.peek() else { break }
            if position == nil {
                if line.indent < indent || self.isMarker(line) { break }
                // A dash at the place of a key belongs to a sequence around it.
                if line.indent == indent, self.isItem(line.start + indent, line) { break }
                guard line.indent == indent else { return nil }
            }
            let start = position ?? line.start + indent
            position = nil
            guard let key = self.key(from: start, line), !entries.contains(where: { $0.key == key.name }) else { return nil }
            var value = key.end
            while value < line.end, self.bytes[value] == UInt8(ascii: " ") { value += 1 }
            guard let node = self.value(from: value, line, parent: indent, mayBeLevel: true, depth: depth) else { return nil }
            entries.append(YAMLEntry(key.name, node, keyIsPlain: key.isPlain))
            guard self.skip() else { return nil }
        }
        return entries.isEmpty ? nil : .mapping(entries)
    }

    private mutating func sequence(at indent: Int, depth: Int) -> YAMLNode? {
        var items: [YAMLNode] = []
        while let line = self.peek(), line.indent == indent, !self.isMarker(line), self.isItem(line.start + indent, line) {
            var position = line.start + indent + 1
            while position < line.end, self.bytes[position] == UInt8(ascii: " ") { position += 1 }
            let node: YAMLNode?
            if position < line.end, self.isItem(position, line) {
                return nil
            } else if position < line.end, self.hasKey(from: position, line) {
                node = self.mapping(at: position - line.start, from: position, depth: depth + 1)
            } else {
                node = self.value(from: position, line, parent: indent, mayBeLevel: false, depth: depth)
            }
            guard let node, self.skip() else { return nil }
            items.append(node)
        }
        // Deeper than its items nothing is left.
        if let line = self.peek(), line.indent > indent { return nil }
        return items.isEmpty ? nil : .sequence(items)
    }

    /// What stands behind a key or a dash, or below it. Leaves the line it began in.
    ///
    /// - Parameter mayBeLevel: a sequence below it may be as far out as its key.
    private mutating func value(from position: Int, _ line: Line, parent: Int, mayBeLevel: Bool, depth: Int) -> YAMLNode? {
        self.next += 1
        if position < line.end {
            if self.bytes[position] == UInt8(ascii: "|") { return self.literal(from: position, line, parent: parent) }
            guard let scalar = self.scalar(from: position, to: line.end) else { return nil }
            // A line further in would go on with it.
            guard self.skip() else { return nil }
            if let following = self.peek(), following.indent > parent { return nil }
            return scalar
        }
        guard self.skip() else { return nil }
        guard let following = self.peek(), !self.isMarker(following) else { return .plain("") }
        if following.indent > parent { return self.block(at: following.indent, depth: depth + 1) }
        if mayBeLevel, following.indent == parent, self.isItem(following.start + parent, following) { return self.sequence(at: parent, depth: depth + 1) }
        return .plain("")
    }

    // MARK: Scalars

    private func hasKey(from position: Int, _ line: Line) -> Bool {
        switch self.bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "|"), UInt8(ascii: "["), UInt8(ascii: "{"):
            // A quoted key would be found to be no scalar.
            return false
        default:
            var index = position
            while index < line.end {
                if self.bytes[index] == UInt8(ascii: ":"), index + 1 == line.end || self.bytes[index + 1] == UInt8(ascii: " ") { return true }
                index += 1
            }
            return false
        }
    }

    /// `end` is behind the colon.
    private func key(from start: Int, _ line: Line) -> (name: String, isPlain: Bool, end: Int)? {
        var index = start
        var isPlain = true
        var name = start..<start
        if self.bytes[start] == UInt8(ascii: "\"") {
            isPlain = false
            index += 1
            while index < line.end, self.bytes[index] != UInt8(ascii: "\"") {
                guard self.bytes[index] != UInt8(ascii: "\\") else { return nil }
                index += 1
            }
            name = start + 1..<index
            index += 1
        } else {
            while index < line.end, Self.isOfKeys(self.bytes[index]) { index += 1 }
            name = start..<index
            // `-` begins a sequence or a document; a dot alone or a number is a key as it is.
            guard self.bytes[start] != UInt8(ascii: "-") else { return nil }
        }
        guard !name.isEmpty, index < line.end, self.bytes[index] == UInt8(ascii: ":"), index + 1 == line.end || self.bytes[index + 1] == UInt8(ascii: " ")
        else { return nil }
        return (String(decoding: self.bytes[name], as: UTF8.self), isPlain, index + 1)
    }

    private static func isOfKeys(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    private func scalar(from start: Int, to end: Int) -> YAMLNode? {
        let first = self.bytes[start]
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard end - start >= 2, self.bytes[end - 1] == first else { return nil }
            let inner = self.bytes[(start + 1)..<(end - 1)]
            guard !inner.contains(where: { $0 == first || $0 == UInt8(ascii: "\\") }) else { return nil }
            return .text(String(decoding: inner, as: UTF8.self))
        case UInt8(ascii: "[") where end - start == 2 && self.bytes[start + 1] == UInt8(ascii: "]"): return .sequence([])
        case UInt8(ascii: "{") where end - start == 2 && self.bytes[start + 1] == UInt8(ascii: "}"): return .mapping([])
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "("):
            break
        case UInt8(ascii: "-"):
            // "-1", not "- x".
            guard start + 1 < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.bytes[start + 1]) else { return nil }
        default: return nil
        }
        var index = start
        while index < end {
            switch self.bytes[index] {
            case UInt8(ascii: ":") where index + 1 == end || self.bytes[index + 1] == UInt8(ascii: " "): return nil
            case UInt8(ascii: "#") where self.bytes[index - 1] == UInt8(ascii: " "): return nil
            default: index += 1
            }
        }
        guard self.bytes[end - 1] != UInt8(ascii: " ") else { return nil }
        return .plain(String(decoding: self.bytes[start..<end], as: UTF8.self))
    }

    /// `|` keeps the last line's end, `|-` does not.
    private mutating func literal(from position: Int, _ line: Line, parent: Int) -> YAMLNode? {
        let keepsEnd = position + 1 == line.end
        guard keepsEnd || (position + 2 == line.end && self.bytes[position + 1] == UInt8(ascii: "-")) else { return nil }
        guard let first = self.peek(), !first.isEmpty, first.indent > parent else { return nil }
        var text: [UInt8] = []
        var emptyLines = 0
        while let line = self.peek() {
            if line.isEmpty {
                // Blanks of its own would be a part of the text.
                guard line.indent == 0 else { return nil }
                emptyLines += 1
            } else {
                guard line.indent >= first.indent else {
                    guard line.indent <= parent else { return nil }
                    break
                }
                text.append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: emptyLines))
                emptyLines = 0
                text.append(contentsOf: self.bytes[(line.start + first.indent)..<line.end])
                text.append(UInt8(ascii: "\n"))
            }
            self.next += 1
        }
        if !keepsEnd { text.removeLast() }
        return .text(String(decoding: text, as: UTF8.self))
    }
}
