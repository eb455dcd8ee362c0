package import HTTPFetch
import JSONSchema
package import Resilience
import Telemetry

/// Vectors from an OpenAI-compatible endpoint, many texts in a request.
package final class OpenAIEmbedder: TextEmbedder {
    package let name: String
    package var dimensions: Int { self.settings.dimensions }
    private let settings: EmbeddingEndpointSettings
    private let fetcher: HTTPFetcher
    private let upstream: Upstream
    private let url: String

    package init(_ settings: EmbeddingEndpointSettings, fetcher: HTTPFetcher, upstream: Upstream) {
        self.settings = settings
        self.fetcher = fetcher
        self.upstream = upstream
        let base = settings.baseURL.hasSuffix("/") ? String(settings.baseURL.dropLast()) : settings.baseURL
        self.url = base + "/embeddings"
        // Models of one name at two addresses need not be the same. The name is shown and stored: it has no credentials.
        self.name = "\(settings.model)-\(settings.dimensions)@\(Self.withoutCredentials(base))"
    }

    /// Without the user information and the query of a URL, where keys are put.
    private static func withoutCredentials(_ url: String) -> String {
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = plain.firstRange(of: "://") else { return String(plain) }
        let authority = plain[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(plain) }
        return String(plain[..<scheme.upperBound]) + plain[plain.index(after: at)...]
    }

    package func embed(_ texts: [String], for purpose: EmbeddingPurpose, deadline: Deadline?) async throws(EmbeddingError) -> [[Float]] {
        let batches = self.batches(of: texts)
        let results = await withTaskGroup(of: (Int, Result<[[Float]], EmbeddingError>).self) { group in
            var results = [Result<[[Float]], EmbeddingError>](repeating: .failure(.cancelled), count: batches.count)
            var next = 0
            func add() {
                let index = next
                next += 1
                group.addTask { (index, await self.vectors(of: texts[batches[index]], deadline)) }
            }
            while next < min(batches.count, max(1, self.settings.requestsAtOnce)) { add() }
            for await (index, result) in group {
                results[index] = result
                if case .failure = result {
                    group.cancelAll()
                    next = batches.count
                }
                if next < batches.count { add() }
            }
            return results
        }
        var vectors: [[Float]] = []
        vectors.reserveCapacity(texts.count)
        // What failed first is the reason; the others were broken off for it.
        for case .failure(let error) in results where error != .cancelled { throw error }
        for result in results { vectors += try result.get() }
        return vectors
    }

    private func batches(of texts: [String]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var start = 0, bytes = 0
        for (index, text) in texts.enumerated() {
            if index > start, index - start >= self.settings.batchTexts || bytes + text.utf8.count > self.settings.batchBytes {
                batches.append(start..<index)
                start = index
                bytes = 0
            }
            bytes += text.utf8.count
        }
        if start < texts.count { batches.append(start..<texts.count) }
        return batches
    }

    private func vectors(of texts: ArraySlice<String>, _ deadline: Deadline?) async -> Result<[[Float]], EmbeddingError> {
        do throws(EmbeddingError) {
            let key = self.settings.apiKey()
            let response = try await self.send(self.body(texts), key: key, deadline)
            guard response.status == 200 else { throw .status(response.status, Self.excerpt(response.body, without: key)) }
            return .success(try EmbeddingAnswer(response.body, texts: texts.count, dimensions: self.settings.dimensions).vectors)
        } catch {
            return .failure(error)
        }
    }

    private func body(_ texts: ArraySlice<String>) -> [UInt8] {
        let body: [String: JSONValue] = [
            "model": .string(self.settings.model), "input": .array(texts.map { .string($0) }), "encoding_format": "float",
        ]
        return JSONValue.object(body).bytes
    }

    private func send(_ body: [UInt8], key: String?, _ deadline: Deadline?) async throws(EmbeddingError) -> FetchResponse {
        var headers = [("content-type", "application/json"), ("accept", "application/json")]
        if let key { headers.append(("authorization", "Bearer \(key)")) }
        let request = FetchRequest(method: "POST", url: self.url, headers: headers, body: body, maxResponseBytes: self.settings.maxResponseBytes)
        let outcome: Result<FetchResponse, FetchError>
        do throws(UpstreamRefusal) {
            let fetcher = self.fetcher
            outcome = try await self.upstream.call(deadline: deadline, timeout: self.settings.timeout, mayRepeat: true, judge: Self.judge) {
                left, cancellation in
                var request = request
                request.timeout = left
                return await fetcher.result(of: request) { cancellation?.onCancel($0) }
            }
        } catch {
            switch error {
            case .tooLate: throw .timedOut
            case .busy: throw .busy
            case .cancelled: throw .cancelled
            case .open, .paused: throw .unreachable("it failed before and is left alone for a moment")
            }
        }
        switch outcome {
        case .success(let response): return response
        case .failure(.timedOut): throw .timedOut
        case .failure(.cancelled): throw .cancelled
        case .failure(.tooLarge(let limit)): throw .malformed("it is larger than \(limit >> 10) KiB")
        case .failure(let error): throw .unreachable(error.description)
        }
    }

    @Sendable private static func judge(_ outcome: Result<FetchResponse, FetchError>) -> Judgement {
        Judgement(outcome, repeated: 500...599, whenShed: .seconds(1))
    }

    /// The endpoint's own message; never more than a line, and never our key, nor one of another peer.
    private static func excerpt(_ body: [UInt8], without key: String?) -> String {
        guard let value = try? JSONValue(parsing: body) else { return "" }
        let message = value["error"]?["message"]?.string ?? value["error"]?.string ?? value["message"]?.string ?? value["detail"]?.string ?? ""
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        // Whole before it is cut: half a key is one, too.
        let own = key.map { $0.isEmpty ? line : line.replacing($0, with: "…") } ?? line
        return String(KnownSecrets.shared.hidden(in: own).prefix(200))
    }
}
