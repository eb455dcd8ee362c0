import Caching
import HTTPTypes
import Hummingbird
import IntentLanguage
import IntentModel
import JSONSchema
import ServiceRuntime

/// `POST /v1/interpret`: `{intent, priority?, namespace?, cluster?, tenant?}` → interpretation. `Cache-Control: no-cache` skips caches;
/// `Accept: text/event-stream` shows the way there.
struct InterpretController: Sendable {
    static let maxCharacters = 4096
    static let maxBodyBytes = 64 << 10
    private static let cacheHeader = HTTPField.Name("nephoran-cache") ?? .age
    private static let eventHeaders: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]

    let reading: IntentReading

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self).post(use: self.interpret)
    }

    @Sendable private func interpret(_ request: Request, context: AppContext) async throws -> Response {
        let bytes = try await JSONBody.bytes(of: request, limit: Self.maxBodyBytes, allowsNoContentType: true)
        var words = try Self.words(bytes)
        guard words.intent.utf8.count <= Self.maxCharacters || words.intent.unicodeScalars.count <= Self.maxCharacters else {
            let item = Problem.Item(pointer: "/intent", detail: "must have at most \(Self.maxCharacters) characters")
            throw ProblemError(.badRequest, code: "invalid_body", detail: "intent \(item.detail).", errors: [item])
        }
        let faults = words.placeFaults
        if let first = faults.first {
            throw ProblemError(.badRequest, code: "invalid_body", detail: "\(first.pointer.dropFirst()) \(first.detail).", errors: faults)
        }
        // A service may say for whom it asks; anybody else asks for themselves.
        if let principal = context.principal, !principal.administersInstallation || words.tenant == nil { words.tenant = principal.tenant }
        let skips = request.headers[.cacheControl].map { $0 == "no-cache" || $0.contains("no-cache") } ?? false
        let watches = request.headers[.accept].map { $0 != "*/*" && $0.contains("text/event-stream") } ?? false
        if watches { return self.watched(words, skips) }
        let answer = await self.reading.answer(words, skippingCache: skips)
        return Response.json(bytes: ByteBuffer(bytes: answer.json), headers: answer.origin.map { [Self.cacheHeader: $0.header] } ?? [:])
    }

    /// Whatever is unusual goes the long way, which says what is wrong with it.
    private static func words(_ bytes: ByteBuffer) throws -> InterpretationRequest {
        try QuickReading.request(bytes.readableBytesView) ?? JSONBody.decode(InterpretationRequest.self, from: bytes)
    }

    // MARK: Progress

    /// Events `passages`, `model`, `grounded` as they happen, then `result` with the interpretation.
    private func watched(_ words: InterpretationRequest, _ skips: Bool) -> Response {
        let reading = self.reading
        return Response(
            status: .ok, headers: Self.eventHeaders,
            body: ResponseBody { writer in
                let (events, feed) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(16))
                let work = Task {
                    let answer = await reading.answer(words, skippingCache: skips) { feed.yield(Self.frame($0)) }
                    feed.finish()
                    return answer
                }
                try await withTaskCancellationHandler {
                    do {
                        for await event in events { try await writer.write(event) }
                        var result = ByteBuffer(string: "event: result\ndata: ")
                        result.writeBytes(await work.value.json)
                        result.writeString("\n\n")
                        try await writer.write(result)
                        try await writer.finish(nil)
                    } catch {
                        // Nobody reads on.
                        work.cancel()
                        throw error
                    }
                } onCancel: {
                    work.cancel()
                }
            })
    }

    static func frame(_ progress: GroundedInterpreter.Progress) -> ByteBuffer {
        let (name, data): (String, JSONValue) =
            switch progress {
            case .passages(let ids): ("passages", ["ids": .array(ids.map(JSONValue.string))])
            case .asked(let model): ("model", ["state": "asked", "model": .string(model)])
            case .answered(let model, let tokens):
                ("model", ["state": "answered", "model": .string(model), "tokens": tokens.map { .number(Double($0)) } ?? .null])
            case .failed(let model, let reason): ("model", ["state": "failed", "model": .string(model), "reason": .string(reason)])
            case .grounded(let notes, let questions):
                ("grounded", ["notes": .array(notes.map(JSONValue.string)), "questions": .number(Double(questions))])
            }
        return ByteBuffer(string: "event: \(name)\ndata: \(data.text)\n\n")
    }
}

extension LayeredCache.Origin {
    fileprivate var header: String {
        switch self {
        case .memory: "l1"
        case .redis: "l2"
        case .load: "miss"
        }
    }
}
