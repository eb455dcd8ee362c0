import AccessControl
import Dispatch
import HTTPFetch
import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An issuer's public keys, from where the settings say and nowhere else: kept for a while, read again when a token names a key that is not
/// among them, but not more often than every `minInterval`, however many such tokens come.
final class WebKeySource: Sendable {
    enum Place: Sendable {
        case file(String)
        case url(String)
    }

    struct Unavailable: Error {}

    private struct State {
        var keys: WebKeySet?
        var readAt: ContinuousClock.Instant?
        var triedAt: ContinuousClock.Instant?
        var reading: Task<Void, Never>?
    }

    /// Keys that have been known for so much longer than they are fresh are used while newer ones cannot be read.
    private static let grace = Duration.seconds(3_600)
    private static let timeout = Duration.seconds(5)

    private let place: Place
    private let maxAge: Duration
    private let minInterval: Duration
    private let fetcher: HTTPFetcher?
    private let state = Mutex(State())
    private let logger = Logger(label: "tokens")

    /// - Parameter fetcher: for a URL; one that trusts the system's authorities where none is given.
    init(_ place: Place, maxAge: Duration, minInterval: Duration, fetcher: HTTPFetcher? = nil) {
        self.place = place
        self.maxAge = maxAge
        self.minInterval = minInterval
        self.fetcher = if case .url = place { fetcher ?? HTTPFetcher() } else { nil }
    }

    /// The keys that a token is to be checked with. It may still name one that is not among them.
    func keys(for token: WebToken) async throws(Unavailable) -> WebKeySet {
        let now = ContinuousClock.now
        let (known, age) = self.state.withLock { state in (state.keys, state.readAt.map { $0.duration(to: now) } ?? .seconds(1 << 31)) }
        if let known, known.names(token) {
            if age < self.maxAge { return known }
            if age < self.maxAge + Self.grace {
                _ = self.read(now)
                return known
            }
        }
        await self.read(now)?.value
        let (keys, readAt) = self.state.withLock { ($0.keys, $0.readAt) }
        guard let keys, let readAt, readAt.duration(to: .now) < self.maxAge + Self.grace else { throw Unavailable() }
        return keys
    }

    /// The file has changed.
    func forget() {
        self.state.withLock { state in
            state.readAt = nil
            state.triedAt = nil
        }
    }

    /// One at a time; nil when it is too early for another.
    private func read(_ now: ContinuousClock.Instant) -> Task<Void, Never>? {
        self.state.withLock { state in
            if let reading = state.reading { return reading }
            if let triedAt = state.triedAt, triedAt.duration(to: now) < self.minInterval { return nil }
            state.triedAt = now
            let task = Task {
                do {
                    let keys = try WebKeySet(json: try await self.bytes())
                    self.state.withLock { state in
                        state.keys = keys
                        state.readAt = .now
                        state.reading = nil
                    }
                } catch {
                    self.state.withLock { $0.reading = nil }
                    self.logger.error("the issuer's keys cannot be read", metadata: ["error": "\(error)"])
                }
            }
            state.reading = task
            return task
        }
    }

    private func bytes() async throws -> [UInt8] {
        switch self.place {
        case .url(let url):
            guard let fetcher else { return [] }
            let request = FetchRequest(url: url, headers: [("accept", "application/json")], timeout: Self.timeout, maxResponseBytes: WebKeySet.maxBytes)
            let response = try await fetcher.fetch(request)
            guard response.status == 200 else { throw AccessFault("JWT_JWKS_URL", "answered \(response.status)") }
            return response.body
        case .file(let path):
            return try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { [UInt8](try Data(contentsOf: URL(filePath: path)).prefix(WebKeySet.maxBytes + 1)) })
                }
            }
        }
    }
}
