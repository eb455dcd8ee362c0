/// The words of an HTML page: headings as Markdown, paragraphs apart, no scripts, no styles.
struct HTMLText: Equatable {
    private(set) var title: String?
    private(set) var text = ""

    private static let blocks: Set<String> = [
        "p", "div", "br", "li", "ul", "ol", "tr", "table", "section", "article", "header", "footer", "pre", "blockquote", "dt", "dd", "hr",
    ]
    private static let hidden: Set<String> = ["script", "style", "noscript", "template", "svg"]
    private static let entities = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—", "hellip": "…", "copy": "©", "deg": "°",
        "micro": "µ",
    ]

    init(_ html: String) {
        var rest = html[...]
        var titleText: String?
        while let open = rest.firstIndex(of: "<") {
            self.add(rest[..<open], to: &titleText)
            rest = rest[open...]
            if rest.hasPrefix("<!--") {
                rest = rest.firstRange(of: "-->").map { rest[$0.upperBound...] } ?? ""
                continue
            }
            guard let close = rest.firstIndex(of: ">") else {
                // A tag that was cut off; a lone `<` is text.
                if rest.dropFirst().first.map({ $0.isLetter || $0 == "/" }) ?? false { rest = "" }
                break
            }
            let tag = rest[rest.index(after: rest.startIndex)..<close].lowercased()
            rest = rest[rest.index(after: close)...]
            let isEnd = tag.hasPrefix("/")
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
            if !isEnd, Self.hidden.contains(name) {
                let end = "</\(name)"
                let lower = rest.lowercased()
                guard lower.count == rest.count, let found = lower.firstRange(of: end) else {
                    rest = ""
                    continue
                }
                let offset = lower.distance(from: lower.startIndex, to: found.lowerBound)
                rest = rest[rest.index(rest.startIndex, offsetBy: offset)...]
                continue
            }
            switch name {
            case "title":
                if isEnd {
                    self.title = titleText.map(Self.words).flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
                    titleText = nil
                } else {
                    titleText = ""
                }
            case "h1", "h2", "h3", "h4", "h5", "h6":
                self.breakLine(2)
                if !isEnd, let level = name.last.flatMap({ Int(String($0)) }) { self.text += String(repeating: "#", count: level) + " " }
            case "tr":
                self.breakLine(1)
                if !isEnd { self.text += "|" }
            case "td", "th":
                // A row of a pipe table, so that it stays one.
                if isEnd { self.text += " |" } else { self.text += " " }
            case _ where Self.blocks.contains(name):
                self.breakLine(name == "p" || name == "section" ? 2 : 1)
                if name == "li", !isEnd { self.text += "- " }
            default: break
            }
        }
        self.add(rest, to: &titleText)
        while self.text.last?.isWhitespace == true { self.text.removeLast() }
    }

    private mutating func add(_ piece: Substring, to title: inout String?) {
        let decoded = Self.decoded(piece)
        if title != nil {
            title? += decoded
            return
        }
        let words = Self.words(decoded)
        if words.isEmpty {
            if decoded.contains(where: \.isWhitespace), let last = self.text.last, !last.isWhitespace { self.text += " " }
            return
        }
        if decoded.first?.isWhitespace == true, let last = self.text.last, !last.isWhitespace { self.text += " " }
        self.text += words
        if decoded.last?.isWhitespace == true { self.text += " " }
    }

    private mutating func breakLine(_ count: Int) {
        while self.text.last == " " { self.text.removeLast() }
        guard !self.text.isEmpty else { return }
        let present = self.text.reversed().prefix { $0 == "\n" }.count
        if present < count { self.text += String(repeating: "\n", count: count - present) }
    }

    private static func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    private static func decoded(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";") else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            let name = rest[rest.index(after: rest.startIndex)..<end]
            let character: String? =
                name.hasPrefix("#x") || name.hasPrefix("#X")
                ? UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init).map(String.init)
                : name.hasPrefix("#") ? UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init).map(String.init) : self.entities[String(name)]
            result += character ?? String(rest[...end])
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
