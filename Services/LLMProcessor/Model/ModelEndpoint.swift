import HTTPFetch
import Resilience
import ServiceClient
import Synchronization
import Telemetry

/// One provider's chat completions: how it is asked, guarded, counted and paid for.
final class ModelEndpoint: Sendable {
    /// An answer that has a text, and what it cost.
    struct Answer: Sendable {
        /// UTF-8.
        var content: [UInt8]
        var usage: ModelUsage
        /// USD.
        var cost: Double
    }

    private struct Reply: Sendable {
        var status: Int
        var retryAfter: Duration?
        var body: [UInt8]
        var stream: ChatStream?
    }

    private typealias Outcome = Result<Reply, FetchError>

    let settings: ModelSettings
    private let upstream: Upstream
    private let fetcher: HTTPFetcher
    private let budget: DailyBudget?
    private let metrics: ModelMetrics
    /// What the provider was last found to take.
    private let format = Atomic<Int>(AnswerFormat.jsonSchema.rawValue)
    /// What all calls have in common, or why there are none; made again for another key.
    private let common: Mutex<(key: String?, template: Result<FetchTemplate, FetchError>)>

    init(settings: ModelSettings, fetcher: HTTPFetcher, upstream: Upstream, budget: DailyBudget?) {
        self.settings = settings
        self.fetcher = fetcher
        self.upstream = upstream
        self.budget = budget
        self.metrics = ModelMetrics(settings)
        let key = settings.apiKey()
        self.common = Mutex((key, Self.template(settings, key: key)))
    }

    private var template: Result<FetchTemplate, FetchError> {
        let key = self.settings.apiKey()
        return self.common.withLock { common in
            if common.key != key { common = (key, Self.template(self.settings, key: key)) }
            return common.template
        }
    }

    private static func template(_ settings: ModelSettings, key: String?) -> Result<FetchTemplate, FetchError> {
        var headers = [("content-type", "application/json"), ("accept", settings.streams ? "text/event-stream, application/json" : "application/json")]
        if let key { headers.append(("authorization", "Bearer \(key)")) }
        let base = settings.baseURL.hasSuffix("/") ? String(settings.baseURL.dropLast()) : settings.baseURL
        do throws(FetchError) {
            return .success(
                try FetchTemplate(method: "POST", url: "\(base)/chat/completions", headers: headers, maxResponseBytes: settings.maxResponseBytes))
        } catch {
            return .failure(error)
        }
    }

    /// Asks, and has `read` make sense of the answer; only then was it a good one.
    func ask<Reading>(_ question: [UInt8], _ request: ChatRequest, sentences: Int = 1, read: (Answer) throws(ModelError) -> Reading) async throws(ModelError)
        -> Reading
    {
        let start = ContinuousClock.now
        do throws(ModelError) {
            let reading = try read(try await self.complete(question, request))
            self.metrics.record(outcome: "ok", took: start.duration(to: .now), sentences: sentences)
            return reading
        } catch {
            self.metrics.record(outcome: error.outcome, took: start.duration(to: .now), sentences: sentences)
            throw error
        }
    }

    /// The same without a task, for what needs none: no budget that others share, no stream, no second attempt. False when nothing was begun.
    ///
    /// - Parameter answer: called once, on the fetcher's thread or this one, if the result is true; nil: what came of it is for
    ///   ``ask(_:_:sentences:read:)``, which asks again, to deal with. The provider has said that it did not take the question.
    func begin<Reading: Sendable>(
        _ question: [UInt8], _ request: ChatRequest, read: @escaping @Sendable (Answer) throws(ModelError) -> Reading,
        answer: @escaping @Sendable (Result<Reading, ModelError>?) -> Void
    ) -> Bool {
        guard self.budget == nil, !self.settings.streams, case .success(let template) = self.template,
            let format = AnswerFormat(rawValue: self.format.load(ordering: .relaxed)), let call = self.upstream.beginNow(timeout: self.settings.timeout)
        else { return false }
        let body = request.body(question, format)
        let finish: @Sendable (Outcome) -> Void = { outcome in
            if self.upstream.endNow(call, Self.judge(outcome)) { return answer(nil) }
            var reading: Result<Reading, ModelError>
            do throws(ModelError) {
                let reply = try Self.reply(outcome)
                if self.fallback(from: format, refusedBy: reply) != nil { return answer(nil) }
                let paid = self.paid(reply, body.count)
                reading = .success(try read(try self.answer(paid)))
            } catch {
                reading = .failure(error)
            }
            var said = "ok"
            if case .failure(let error) = reading { said = error.outcome }
            self.metrics.record(outcome: said, took: call.began.duration(to: .now))
            answer(reading)
        }
        self.fetcher.send(template, body: body, timeout: call.left) { result in
            let outcome = result.map { Reply(status: $0.status, retryAfter: $0.retryAfter, body: $0.body) }
            // Other transfers wait for the fetcher's thread.
            if case .success(let reply) = outcome, reply.body.count > Self.quickBytes { _ = Task { finish(outcome) } } else { finish(outcome) }
        }
        return true
    }

    /// Bytes of a reply that is read at once.
    private static let quickBytes = 8 << 10

    /// Of a reply that no other format would better.
    private func answer(_ paid: Paid) throws(ModelError) -> Answer {
        switch paid.reply.status {
        case 200:
            guard let completion = paid.completion else { throw .malformed("no content") }
            return Answer(content: try completion.content.get(), usage: paid.usage, cost: paid.cost)
        case 429: throw .rateLimited(retryAfter: paid.reply.retryAfter)
        default: throw .status(paid.reply.status, self.excerpt(paid.reply.body))
        }
    }

    private func complete(_ question: [UInt8], _ request: ChatRequest) async throws(ModelError) -> Answer {
        var next = AnswerFormat(rawValue: self.format.load(ordering: .relaxed))
        while let format = next {
            let body = request.body(question, format)
            let reply = try await self.pay(for: body)
            next = self.fallback(from: format, refusedBy: reply.reply)
            if next == nil { return try self.answer(reply) }
        }
        throw .malformed("no answer format is accepted")
    }

    /// The format to ask for next time, when this answer says that the provider does not take the one it was asked for: some know no schema,
    /// some no format at all. The first that works is kept.
    private func fallback(from format: AnswerFormat, refusedBy reply: Reply) -> AnswerFormat? {
        guard [400, 415, 422].contains(reply.status), let fallback = format.fallback else { return nil }
        let words = String(decoding: reply.body.prefix(4_096), as: UTF8.self).lowercased()
        guard words.contains("response_format") || words.contains("json_schema") || words.contains("json_object") else { return nil }
        _ = self.format.max(fallback.rawValue, ordering: .relaxed)
        return fallback
    }

    // MARK: Money

    private struct Paid {
        var reply: Reply
        var completion: ChatCompletion?
        var usage = ModelUsage()
        var cost = 0.0
    }

    /// One request, its most that it may cost set aside before and what it did cost written down after.
    private func pay(for body: [UInt8]) async throws(ModelError) -> Paid {
        let price = self.settings.price
        // Three bytes a token is a cautious guess for English and JSON.
        let most = ModelUsage(promptTokens: body.count / 3, completionTokens: self.settings.maxTokens)
        var reservation: DailyBudget.Reservation?
        if let budget, price.isCharged {
            let calls = self.upstream.configuration.hedge.isEnabled ? 2.0 : 1.0
            reservation = await budget.reserve(usd: price.cost(of: most) * calls)
            guard reservation != nil else { throw .overBudget }
        }
        let attempts = AttemptCount()
        let result: Result<Reply, ModelError>
        do throws(ModelError) { result = .success(try await self.send(body, attempts)) } catch { result = .failure(error) }
        // Whoever sent a question and heard nothing of its price has to think that it was read.
        let unheard = price.cost(of: ModelUsage(promptTokens: most.promptTokens))
        let others = Double(max(0, attempts.value - 1)) * unheard
        switch result {
        case .success(let reply):
            let paid = self.paid(reply, body.count)
            if let reservation { await self.budget?.settle(reservation, usd: paid.cost + others) }
            return paid
        case .failure(let error):
            if let reservation { await self.budget?.settle(reservation, usd: error.mayHaveBeenRead ? unheard + others : others) }
            throw error
        }
    }

    /// - Parameter sent: bytes of the question, for who does not say what it cost.
    private func paid(_ reply: Reply, _ sent: Int) -> Paid {
        var paid = Paid(reply: reply)
        guard reply.status == 200 else { return paid }
        let completion = reply.stream.map { ChatCompletion($0) } ?? ChatCompletion(reply.body)
        let length = (try? completion.content.get())?.count ?? reply.body.count
        paid.completion = completion
        paid.usage = completion.usage ?? ModelUsage(promptTokens: sent / 4, completionTokens: length / 4)
        paid.cost = self.settings.price.cost(of: paid.usage)
        self.metrics.record(paid.usage, cost: paid.cost)
        return paid
    }

    // MARK: Calls

    private func send(_ body: [UInt8], _ attempts: AttemptCount) async throws(ModelError) -> Reply {
        let template: FetchTemplate
        do throws(FetchError) { template = try self.template.get() } catch { throw .unreachable(error.description, wasSent: false) }
        let deadline = Correlation.current?.deadline.map { Deadline(unixMilliseconds: $0) }
        let spans = CallSpans("POST", url: self.settings.baseURL, name: "chat \(self.settings.model)", self.asked)
        let outcome: Outcome
        do throws(UpstreamRefusal) {
            let (fetcher, streams) = (self.fetcher, self.settings.streams)
            outcome = try await self.upstream.call(deadline: deadline, timeout: self.settings.timeout, mayRepeat: true, judge: Self.judge) {
                left, cancellation in
                attempts.add()
                let span = spans?.attempt()
                let outcome: Outcome
                if streams {
                    outcome = await Self.stream(template, body, left, fetcher, cancellation)
                } else {
                    outcome = await fetcher.result(of: template, body: body, timeout: left) { cancellation?.onCancel($0) }.map {
                        Reply(status: $0.status, retryAfter: $0.retryAfter, body: $0.body)
                    }
                }
                if let span { Self.end(span, outcome) }
                return outcome
            }
        } catch {
            switch error {
            case .tooLate: throw .timedOut
            case .busy, .cancelled: throw .busy
            case .open: throw .suspended
            case .paused(let retryAfter): throw .rateLimited(retryAfter: retryAfter)
            }
        }
        return try Self.reply(outcome)
    }

    /// What the semantic conventions for generative AI say of a request; never the question or the answer.
    private var asked: [SpanAttribute] {
        [
            SpanAttribute("gen_ai.operation.name", "chat"), SpanAttribute("gen_ai.provider.name", self.settings.provider),
            SpanAttribute("gen_ai.request.model", self.settings.model), SpanAttribute("gen_ai.request.max_tokens", self.settings.maxTokens),
        ]
    }

    private static func end(_ span: LiveSpan, _ outcome: Outcome) {
        switch outcome {
        case .success(let reply):
            if let usage = (reply.stream.map { ChatCompletion($0) } ?? ChatCompletion(reply.body)).usage {
                span.set("gen_ai.usage.input_tokens", usage.promptTokens)
                span.set("gen_ai.usage.output_tokens", usage.completionTokens)
            }
            span.end(status: reply.status)
        case .failure(let error): span.end(failure: error.word)
        }
    }

    private static func reply(_ outcome: Outcome) throws(ModelError) -> Reply {
        switch outcome {
        case .success(let reply): return reply
        case .failure(.timedOut): throw .timedOut
        case .failure(.tooLarge(let limit)): throw .tooLarge(limit: limit)
        case .failure(let error): throw .unreachable(error.description, wasSent: !error.wasNotSent)
        }
    }

    private static func stream(
        _ template: FetchTemplate, _ body: [UInt8], _ timeout: Duration, _ fetcher: HTTPFetcher, _ cancellation: Cancellation?
    ) async -> Outcome {
        do throws(FetchError) {
            let answer = try await fetcher.stream(template, body: body, timeout: timeout)
            cancellation?.onCancel { answer.cancel() }
            let retryAfter = FetchResponse(status: answer.status, headers: answer.headers).retryAfter
            var chunks = answer.makeAsyncIterator()
            // Who was asked to stream and answers whole is taken at its word.
            guard answer.status == 200, answer.header("content-type")?.lowercased().contains("event-stream") == true else {
                var body: [UInt8] = []
                while let chunk = try await chunks.next() { body += chunk }
                return .success(Reply(status: answer.status, retryAfter: retryAfter, body: body))
            }
            var stream = ChatStream()
            while let chunk = try await chunks.next() { stream.read(chunk) }
            stream.end()
            return .success(Reply(status: 200, retryAfter: nil, body: [], stream: stream))
        } catch {
            return .failure(error)
        }
    }

    @Sendable private static func judge(_ outcome: Outcome) -> Judgement {
        switch outcome {
        case .success(let reply):
            switch reply.status {
            case 429: Judgement(.ignored, pause: reply.retryAfter ?? .seconds(1))
            // It says that it did not take the question: it may be asked again.
            case 502, 503: Judgement(.failure, mayRetry: true, pause: reply.retryAfter)
            case 500...: Judgement(.failure)
            default: Judgement(.success)
            }
        case .failure(.cancelled), .failure(.stopped), .failure(.invalid), .failure(.overloaded): Judgement(.ignored)
        // An answer is paid for: only what was certainly not sent is sent again.
        case .failure(let error): Judgement(.failure, mayRetry: error.wasNotSent)
        }
    }

    /// The provider's own message; never more than a line, and never our key, nor one that another provider was shown.
    private func excerpt(_ body: [UInt8]) -> String {
        let message = (try? JSONMessage(body))?.text ?? ""
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        // The one that is shown now, and the one that was shown when this was asked.
        let keys = [self.settings.apiKey(), self.common.withLock { $0.key }].compactMap(\.self).filter { !$0.isEmpty }
        return String(KnownSecrets.shared.hidden(in: keys.reduce(line) { $0.replacing($1, with: "…") }).prefix(200))
    }
}

/// Times a call was made, hedges and repeats included.
private final class AttemptCount: Sendable {
    private let count = Atomic<Int>(0)

    func add() { self.count.add(1, ordering: .relaxed) }
    var value: Int { self.count.load(ordering: .relaxed) }
}
