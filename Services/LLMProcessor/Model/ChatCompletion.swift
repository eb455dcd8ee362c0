import JSONSchema

/// An answer of the OpenAI chat completions API. What it cost is known even when it is of no use.
struct ChatCompletion: Sendable {
    /// Nil when the provider does not say.
    let usage: ModelUsage?
    /// The text of the first choice.
    let content: Result<String, ModelError>

    init(_ bytes: [UInt8]) {
        let answer: JSONValue
        do throws(JSONParseError) {
            answer = try JSONValue(parsing: bytes)
        } catch {
            self.usage = nil
            self.content = .failure(.malformed("not JSON: \(error)"))
            return
        }
        self.usage = Self.usage(answer["usage"])
        self.content = Self.content(answer["choices"]?[0])
    }

    /// Put together from a stream.
    init(_ stream: ChatStream) {
        self.usage = stream.usage
        if let error = stream.error {
            self.content = .failure(.malformed("it broke off: \(error.prefix(200))"))
        } else if stream.finish == "length" || !stream.isComplete {
            self.content = .failure(.malformed("cut off"))
        } else if stream.text.isEmpty {
            self.content = .failure(.malformed("no content"))
        } else {
            self.content = .success(String(decoding: stream.text, as: UTF8.self))
        }
    }

    static func usage(_ value: JSONValue?) -> ModelUsage? {
        guard let value, let prompt = value["prompt_tokens"]?.integer else { return nil }
        return ModelUsage(promptTokens: max(0, prompt), completionTokens: max(0, value["completion_tokens"]?.integer ?? 0))
    }

    private static func content(_ choice: JSONValue?) -> Result<String, ModelError> {
        guard let choice else { return .failure(.malformed("no choice")) }
        if choice["finish_reason"]?.string == "length" { return .failure(.malformed("cut off")) }
        let content = choice["message"]?["content"]
        // Newer providers answer in parts.
        let text = content?.string ?? content?.array?.compactMap { $0["text"]?.string }.joined()
        guard let text, !text.isEmpty else { return .failure(.malformed("no content")) }
        return .success(text)
    }
}
