import Caching
import Resilience
import ServiceClient
import Synchronization

/// Passages about a text from rag-api, for a model to read, and the name of the knowledge they come from.
final class KnowledgeSource: Sendable {
    /// What is known now.
    enum Version: Sendable, Equatable {
        case known(String)
        /// rag-api is there, but does not say.
        case unnamed
        /// There is no knowledge to be had; the text says why.
        case absent(String)
    }

    struct Retrieved: Sendable {
        var passages: [Passage]
        var version: String?
    }

    private struct Query: Encodable {
        var query: String
        var limit: Int
    }

    private struct Answer: Decodable {
        struct Result: Decodable {
            var chunkId: String
            var text: String
        }
        var results: [Result]
        var version: String?
    }

    private struct Name: Decodable { var version: String }

    private struct State {
        var version: Version?
        var checkedAt = ContinuousClock.now
    }

    private let client: ServiceClient
    private let limit: Int
    private let interval: Duration
    private let state = Mutex(State())
    private let checks = SingleFlight<Int, Version>()
    private let cache: MemoryCache<[UInt8], Retrieved>

    /// - Parameters:
    ///   - limit: passages a text.
    ///   - interval: how old the version may be; zero asks every time.
    ///   - cacheBytes: of passages by text and version.
    init(client: ServiceClient, limit: Int = 4, interval: Duration = .seconds(1), cacheBytes: Int = 8 << 20) {
        self.client = client
        self.limit = limit
        self.interval = interval
        self.cache = MemoryCache(byteLimit: cacheBytes, lifetime: CacheLifetime(.seconds(3_600)))
    }

    /// The version of the knowledge, asked for at most once an interval whatever the number of callers.
    func version() async -> Version {
        if let known = self.knownVersion() { return known }
        let version = (try? await self.checks.value(for: 0) { await self.ask() }) ?? .absent("\(self.client.name) was not asked")
        return version
    }

    /// As it was said within the interval; nil when it has to be asked for.
    func knownVersion() -> Version? {
        self.state.withLock { state -> Version? in
            guard let version = state.version, state.checkedAt.duration(to: .now) < self.interval else { return nil }
            return version
        }
    }

    private func ask() async -> Version {
        let start = ContinuousClock.now
        let version: Version
        do throws(ServiceCallError) {
            version = try await self.client.get(Name.self, "/v1/documents/version").map { .known($0.version) } ?? .unnamed
        } catch {
            version = .absent("\(error)")
        }
        self.state.withLock { state in
            state.version = version
            state.checkedAt = start
        }
        return version
    }

    /// - Parameter version: as ``version()`` said; passages that were found under it before are found again without a call.
    func passages(for text: String, version: Version) async throws -> Retrieved {
        guard case .known(let name) = version else { return try await self.search(text) }
        let key = Self.key(text, name)
        return try await self.cache.value(
            for: key, cost: { found in found.passages.reduce(key.count + 64) { $0 + $1.text.utf8.count + $1.id.utf8.count + 64 } },
            // The knowledge moved in between: right, but under another name.
            lifetime: { $0.version == name ? nil : CacheLifetime(.zero) }, load: { try await self.search(text) })
    }

    /// Those that were found before; nil when they have to be searched for.
    func knownPassages(for text: String, version name: String) -> [Passage]? { self.cache.value(for: Self.key(text, name))?.passages }

    private static func key(_ text: String, _ name: String) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(name.utf8.count + text.utf8.count + 1)
        key.append(contentsOf: name.utf8)
        key.append(0)
        key.append(contentsOf: text.utf8)
        return key
    }

    private func search(_ text: String) async throws(ServiceCallError) -> Retrieved {
        let answer = try await self.client.query(Answer.self, "/v1/search", Query(query: String(text.prefix(1_000)), limit: self.limit))
        return Retrieved(passages: answer.results.map { Passage(id: $0.chunkId, text: $0.text) }, version: answer.version)
    }
}
