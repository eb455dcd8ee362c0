import JSONSchema

/// How an answer's shape is asked for; providers differ in what they take.
enum AnswerFormat: Int, Sendable, CaseIterable {
    case jsonSchema, jsonObject, text

    /// The next more modest one.
    var fallback: AnswerFormat? { AnswerFormat(rawValue: self.rawValue + 1) }
}

/// A request of the OpenAI chat completions API but for the question: the same for every call, and therefore written once.
struct ChatRequest: Sendable {
    private struct Frame: Sendable {
        var head: [UInt8]
        var tail: [UInt8]
    }

    private let frames: [Frame]

    /// - Parameters:
    ///   - schema: of the answer.
    ///   - maxTokens: that the answer may have.
    init(model: String, instructions: String, schema: JSONValue, maxTokens: Int, streams: Bool) {
        self.frames = AnswerFormat.allCases.map { format in
            var head: [UInt8] = []
            head.append(ascii: "{\"model\":")
            head.append(json: model)
            head.append(ascii: ",\"temperature\":0,\"max_tokens\":")
            head.append(json: maxTokens)
            if streams {
                head.append(ascii: ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
            } else {
                head.append(ascii: ",\"stream\":false")
            }
            switch format {
            case .jsonSchema:
                head.append(ascii: ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"interpretation\",\"strict\":false,\"schema\":")
                head += schema.bytes
                head.append(ascii: "}}")
            case .jsonObject: head.append(ascii: ",\"response_format\":{\"type\":\"json_object\"}")
            case .text: break
            }
            head.append(ascii: ",\"messages\":[{\"role\":\"system\",\"content\":\"")
            head.append(escaped: instructions)
            // Who cannot be held to a schema is shown it.
            if format != .jsonSchema {
                head.append(escaped: "\n\nAnswer with one JSON object that is valid by this JSON Schema, and with nothing else:\n\(schema.text)\n")
            }
            head.append(ascii: "\"},{\"role\":\"user\",\"content\":\"")
            return Frame(head: head, tail: Array("\"}]}".utf8))
        }
    }

    /// - Parameter question: the inside of a JSON string.
    func body(_ question: [UInt8], _ format: AnswerFormat) -> [UInt8] {
        let frame = self.frames[format.rawValue]
        var body: [UInt8] = []
        body.reserveCapacity(frame.head.count + question.count + frame.tail.count)
        body += frame.head
        body += question
        body += frame.tail
        return body
    }
}
