import JSONSchema

/// `{"data": [{"index": 0, "embedding": [0.1, …]}, …]}`: the vectors in the order of the texts, of length 1.
struct EmbeddingAnswer {
    let vectors: [[Float]]

    init(_ body: [UInt8], texts: Int, dimensions: Int) throws(EmbeddingError) {
        let answer: JSONValue
        do { answer = try JSONValue(parsing: body) } catch { throw .malformed("\(error)") }
        guard let data = answer["data"]?.array else { throw .malformed("it has no data") }
        guard data.count == texts else { throw .malformed("\(data.count) vectors for \(texts) texts") }
        var vectors = [[Float]](repeating: [], count: texts)
        for (position, entry) in data.enumerated() {
            let index = entry["index"]?.integer ?? position
            guard vectors.indices.contains(index), vectors[index].isEmpty else { throw .malformed("vector \(position) is of no text") }
            guard let numbers = entry["embedding"]?.array else { throw .malformed("vector \(index) is no array") }
            guard numbers.count == dimensions else { throw .malformed("vectors of \(numbers.count) dimensions instead of \(dimensions)") }
            var vector: [Float] = []
            vector.reserveCapacity(dimensions)
            for number in numbers {
                guard let value = number.number.map({ Float($0) }), value.isFinite else { throw .malformed("vector \(index) has something else than numbers") }
                vector.append(value)
            }
            vectors[index] = vector.ofLengthOne
        }
        self.vectors = vectors
    }
}

extension [Float] {
    /// Not changed when there is nothing that could be made longer.
    var ofLengthOne: [Float] {
        let length = self.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        return length > 0 && length.isFinite ? self.map { $0 / length } : self
    }
}
