import Synchronization

/// Types as a RIC describes them, at most `age` old and at most `limit` of them: a RIC's list must not cost memory.
package final class PolicyTypeCache: Sendable {
    private let age: Duration
    private let limit: Int
    private let types = Mutex<[String: (type: PolicyType, at: ContinuousClock.Instant)]>([:])

    /// - Parameter limit: an answer is 1 MiB at most, and a schema has at most some thousand nodes.
    package init(age: Duration, limit: Int = 32) {
        self.age = age
        self.limit = limit
    }

    func type(_ id: String, from producer: any PolicyProducer) async throws(A1Error) -> PolicyType {
        if let known = self.types.withLock({ $0[id] }), known.at.duration(to: .now) < self.age { return known.type }
        let type = try await producer.policyType(id)
        self.types.withLock { types in
            if types.count >= self.limit, types[id] == nil, let oldest = types.min(by: { $0.value.at < $1.value.at })?.key { types[oldest] = nil }
            types[id] = (type, .now)
        }
        return type
    }

    func forget(_ id: String) { self.types.withLock { $0[id] = nil } }
}
