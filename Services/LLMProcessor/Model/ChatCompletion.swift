import JSONSchema

/// An answer of the OpenAI chat completions API. What it cost is known even when it is of no use.
struct ChatCompletion: Sendable {
    /// Nil when the provider does not say.
    let usage: ModelUsage?
    /// The text of the first choice, as UTF-8.
    let content: Result<[UInt8], ModelError>

    init(_ bytes: [UInt8]) {
        if let (usage, content) = QuickReading.completion(bytes) { self.init(usage: usage, content: content) } else { self.init(plain: bytes) }
    }

    private init(usage: ModelUsage, content: [UInt8]) {
        self.usage = usage
        self.content = .success(content)
    }

    /// Whatever it looks like.
    init(plain bytes: [UInt8]) {
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
            self.content = .success(stream.text)
        }
    }

    static func usage(_ value: JSONValue?) -> ModelUsage? {
        guard let value, let prompt = value["prompt_tokens"]?.integer else { return nil }
        return ModelUsage(promptTokens: max(0, prompt), completionTokens: max(0, value["completion_tokens"]?.integer ?? 0))
    }

    private static func content(_ choice: JSONValue?) -> Result<[UInt8], ModelError> {
        guard let choice else { return .failure(.malformed("no choice")) }
        if choice["finish_reason"]?.string == "length" { return .failure(.malformed("cut off")) }
        let content = choice["message"]?["content"]
        // Newer providers answer in parts.
        let text = content?.string ?? content?.array?.compactMap { $0["text"]?.string }.joined()
        guard let text, !text.isEmpty else { return .failure(.malformed("no content")) }
        return .success(Array(text.utf8))
    }
}
