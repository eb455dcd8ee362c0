/// What a connection authenticates with. It is asked for whenever one greets, for it may have been replaced since the last did; those that are up
/// stay, as Redis has it.
package struct RedisPassword: Sendable, Equatable {
    private let current: @Sendable () -> String?

    package init(_ current: @autoclosure @escaping @Sendable () -> String?) { self.current = current }

    /// Nil for none just now.
    package var value: String? { self.current().flatMap { $0.isEmpty ? nil : $0 } }

    package static func == (a: RedisPassword, b: RedisPassword) -> Bool { a.value == b.value }
}
