import RedisClient
import Synchronization
import TestSupport
import Testing

extension RedisServer {
    func client(_ change: (inout RedisConfiguration) -> Void = { _ in }) throws -> RedisClient {
        var configuration = try RedisConfiguration(url: self.url)
        change(&configuration)
        return RedisClient(configuration, label: "test")
    }
}

extension RedisClient {
    /// A line of `INFO`, such as `blocked_clients`.
    func info(_ field: String) async throws -> Int? {
        let text = try await self.send(RedisCommand("INFO")).string ?? ""
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("\(field):") }
        return line.flatMap { Int($0.dropFirst(field.count + 1)) }
    }
}

/// The error of `body`, which is recorded as an issue when there is none.
func redisError(_ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void) async -> RedisError? {
    await #expect(throws: RedisError.self, sourceLocation: location) { try await body() }
}

/// Asks again and again, for at most twenty seconds, whether `condition` holds.
func eventually(_ what: Comment, _ location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool) async rethrows {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try? await Task.sleep(for: .milliseconds(2))
    }
    Issue.record(what, sourceLocation: location)
}

/// A value that several tasks of a group share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { self.mutex = Mutex(value) }

    var value: Value { self.mutex.withLock { $0 } }

    func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result { self.mutex.withLock { body(&$0) } }
}
