import IntentLanguage
import IntentModel
import JSONSchema

/// Names one interpretation in the caches: everything that changes it is part of the name, letter by letter, so that nothing similar ever answers
/// for it. Each field stands behind its length: ("ab", "c") is not ("a", "bc").
struct InterpretationKey: Sendable, Equatable {
    /// The text but for white space at its end: what stands in front would move the offsets of the evidence.
    let bytes: [UInt8]

    /// - Parameters:
    ///   - models: providers and models in the order they are asked.
    ///   - knowledge: version of the knowledge base, or a word for its absence.
    init(_ request: InterpretationRequest, models: String, prompt: String, vocabulary: String, knowledge: String) {
        var text = Array(request.intent.utf8)
        while let last = text.last, last == 0x20 || last == 0x0a || last == 0x0d || last == 0x09 { text.removeLast() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + 192)
        // The leading number is the shape of the value: an instance of another release never reads it wrongly.
        bytes.append(ascii: "llm:interpretation:1")
        func add(_ field: some Collection<UInt8>) {
            bytes.append(UInt8(ascii: ":"))
            bytes.append(json: field.count)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: field)
        }
        for field in [models, prompt, vocabulary, knowledge, request.tenant ?? "default"] { add(field.utf8) }
        // Not said is not the same as empty.
        for field in [request.priority?.rawValue, request.namespace, request.cluster] { if let field { add(field.utf8) } else { bytes.append(ascii: ":-") } }
        add(text)
        self.bytes = bytes
    }
}
