extension FoundPassages {
    /// The array `results` of an answer.
    func json(highlighting highlighter: Highlighter) -> [UInt8] {
        var json = JSONBytes()
        json.raw("[")
        for (index, passage) in self.passages.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw(#"{"documentId":"#)
            json.string(passage.documentId)
            json.raw(#","chunkId":"#)
            json.string(passage.chunkId)
            json.raw(#","title":"#)
            json.string(passage.title)
            json.raw(#","heading":"#)
            json.string(passage.heading)
            json.raw(#","text":"#)
            json.string(passage.text)
            json.raw(#","snippet":"#)
            json.string(highlighter.snippet(of: passage.text))
            json.raw(#","score":"#)
            json.number(passage.score)
            json.raw(#","source":"#)
            json.string(passage.source)
            json.raw(#","metadata":"#)
            json.raw(passage.metadata)
            if let parts = passage.explanation {
                json.raw(#","explanation":"#)
                json.parts(parts)
            }
            json.raw("}")
        }
        json.raw("]")
        return json.bytes
    }
}

extension JSONBytes {
    fileprivate mutating func parts(_ parts: ScoreParts) {
        self.raw(#"{"keyword":"#)
        self.number(parts.keyword)
        self.raw(#","vector":"#)
        self.number(parts.vector)
        self.raw(#","alpha":"#)
        self.number(parts.alpha)
        if let bm25 = parts.bm25 {
            self.raw(#","bm25":"#)
            self.number(bm25)
        }
        if let cosine = parts.cosine {
            self.raw(#","cosine":"#)
            self.number(cosine)
        }
        self.raw(#","terms":["#)
        for (index, term) in parts.terms.enumerated() {
            if index > 0 { self.raw(",") }
            self.raw(#"{"term":"#)
            self.string(term.term)
            self.raw(#","weight":"#)
            self.number(term.weight)
            self.raw(#","passages":"#)
            self.number(term.passages)
            self.raw(#","bm25":"#)
            self.number(term.bm25)
            self.raw("}")
        }
        self.raw("]}")
    }
}
