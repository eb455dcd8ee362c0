import JSONSchema

/// A model's answer to several sentences, cut into parts. None of them is believed yet.
struct BatchAnswer: Sendable {
    private let parts: [JSONValue?]
    private let repeated: Set<Int>

    /// - Parameter count: sentences asked about, numbered from 1.
    init(_ content: [UInt8], count: Int) throws(ModelError) {
        guard let answers = ModelAnswer.object(in: content)?["answers"]?.array else { throw .malformed("no list of answers in it") }
        var parts = [JSONValue?](repeating: nil, count: count)
        var repeated: Set<Int> = []
        for answer in answers {
            guard let id = answer["id"]?.integer, parts.indices.contains(id - 1), let part = answer["answer"] else { continue }
            if parts[id - 1] != nil { repeated.insert(id - 1) }
            parts[id - 1] = part
        }
        self.parts = parts
        self.repeated = repeated
    }

    /// Which of two answers is meant nobody knows.
    func part(_ index: Int) throws(ModelError) -> JSONValue {
        if self.repeated.contains(index) { throw .malformed("one of several sentences has two answers") }
        guard let part = self.parts[index] else { throw .malformed("one of several sentences has no answer") }
        return part
    }
}
