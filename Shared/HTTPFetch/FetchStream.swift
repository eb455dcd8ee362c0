/// A response whose body is read as it arrives, by one consumer.
///
/// The transfer pauses while the consumer is behind, and is broken off when the stream is dropped or the reading
/// task cancelled. It ends with `.stopped` when its fetcher goes away.
package struct FetchStream: Sendable, AsyncSequence {
    package typealias Element = [UInt8]
    package typealias Failure = FetchError

    package let status: Int
    /// Names in lower case, in the order received.
    package let headers: [(String, String)]
    private let consumer: BodyConsumer

    init(head: ResponseHead, consumer: BodyConsumer) {
        self.status = head.status
        self.headers = head.headers
        self.consumer = consumer
    }

    /// The first value of the header; `name` in any case.
    package func header(_ name: String) -> String? { self.headers.value(of: name) }

    /// Breaks the transfer off; a later read throws `.cancelled`.
    package func cancel() { self.consumer.cancel() }

    package func makeAsyncIterator() -> Iterator { Iterator(consumer: self.consumer) }

    package struct Iterator: AsyncIteratorProtocol {
        let consumer: BodyConsumer

        /// All that has arrived since the last call, never empty; nil at the end of the body.
        package mutating func next() async throws(FetchError) -> [UInt8]? { try await self.consumer.next().get() }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(FetchError) -> [UInt8]? {
            try await self.consumer.next().get()
        }
    }
}
