import JSONSchema

/// One exchange of the OpenAI chat completions API, both ways.
struct ChatCompletion: Sendable {
    /// How the answer's shape is asked for; providers differ in what they take.
    enum Format: Int, Sendable, CaseIterable {
        case jsonSchema, jsonObject, text

        /// The next more modest one.
        var fallback: Format? { Format(rawValue: self.rawValue + 1) }
    }

    static func request(model: String, prompt: Prompt, question: String, format: Format, maxTokens: Int) -> JSONValue {
        var instructions = prompt.instructions
        // Who cannot be held to a schema is shown it.
        if format != .jsonSchema {
            instructions += "\n\nAnswer with one JSON object that is valid by this JSON Schema, and with nothing else:\n\(prompt.schema.source.text)\n"
        }
        var body: JSONValue = [
            "model": .string(model), "temperature": 0, "max_tokens": .number(Double(maxTokens)), "stream": false,
            "messages": [["role": "system", "content": .string(instructions)], ["role": "user", "content": .string(question)]],
        ]
        switch format {
        case .jsonSchema:
            body["response_format"] = ["type": "json_schema", "json_schema": ["name": "interpretation", "strict": false, "schema": prompt.schema.source]]
        case .jsonObject: body["response_format"] = ["type": "json_object"]
        case .text: break
        }
        return body
    }

    /// The text of the first choice, and the tokens.
    let content: String
    let usage: ModelUsage

    init(_ bytes: [UInt8]) throws(ModelError) {
        let answer: JSONValue
        do { answer = try JSONValue(parsing: bytes) } catch { throw .malformed("not JSON: \(error)") }
        guard let choice = answer["choices"]?[0] else { throw .malformed("no choice") }
        var usage = ModelUsage()
        usage.promptTokens = max(0, answer["usage"]?["prompt_tokens"]?.integer ?? 0)
        usage.completionTokens = max(0, answer["usage"]?["completion_tokens"]?.integer ?? 0)
        self.usage = usage
        if choice["finish_reason"]?.string == "length" { throw .malformed("cut off") }
        // Newer providers answer in parts.
        let parts = choice["message"]?["content"]?.array?.compactMap { $0["text"]?.string }.joined()
        guard let content = choice["message"]?["content"]?.string ?? parts, !content.isEmpty else { throw .malformed("no content") }
        self.content = content
    }
}
