import JSONSchema

extension FoundPassages {
    /// The array `results` of an answer.
    func json(highlighting highlighter: Highlighter) -> [UInt8] {
        var json: [UInt8] = [UInt8(ascii: "[")]
        for (index, passage) in self.passages.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            json.member("{\"documentId\":", passage.documentId)
            json.member(",\"chunkId\":", passage.chunkId)
            json.member(",\"title\":", passage.title)
            json.member(",\"heading\":", passage.heading)
            json.member(",\"text\":", passage.text)
            json.member(",\"snippet\":", highlighter.snippet(of: passage.text))
            json.member(",\"score\":", passage.score)
            json.member(",\"source\":", passage.source)
            json.append(ascii: ",\"metadata\":")
            json.append(contentsOf: passage.metadata.utf8)
            if let parts = passage.explanation {
                json.append(ascii: ",\"explanation\":")
                json.append(parts)
            }
            json.append(UInt8(ascii: "}"))
        }
        json.append(UInt8(ascii: "]"))
        return json
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ parts: ScoreParts) {
        self.member("{\"keyword\":", parts.keyword)
        self.member(",\"vector\":", parts.vector)
        self.member(",\"alpha\":", parts.alpha)
        if let bm25 = parts.bm25 { self.member(",\"bm25\":", bm25) }
        if let cosine = parts.cosine { self.member(",\"cosine\":", cosine) }
        self.append(ascii: ",\"terms\":[")
        for (index, term) in parts.terms.enumerated() {
            if index > 0 { self.append(UInt8(ascii: ",")) }
            self.member("{\"term\":", term.term)
            self.member(",\"weight\":", term.weight)
            self.member(",\"passages\":", Double(term.passages))
            self.member(",\"bm25\":", term.bm25)
            self.append(UInt8(ascii: "}"))
        }
        self.append(ascii: "]}")
    }

    fileprivate mutating func member(_ name: StaticString, _ text: String) {
        self.append(ascii: name)
        self.append(json: text)
    }

    /// Four decimals.
    fileprivate mutating func member(_ name: StaticString, _ number: Double) {
        self.append(ascii: name)
        self.append(json: (number * 10_000).rounded() / 10_000)
    }
}
