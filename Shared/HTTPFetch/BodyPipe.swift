import Synchronization

/// A chunk, nil at the end, or why there is no more.
typealias BodyRead = Result<[UInt8]?, FetchError>

/// Carries one streamed body from the fetcher's thread to its consumer: ``BodyBuffer`` behind a lock.
final class BodyPipe: Sendable {
    private let buffer: Mutex<BodyBuffer<CheckedContinuation<BodyRead, Never>>>

    init(limit: Int) { self.buffer = Mutex(BodyBuffer(limit: limit)) }

    /// False when the consumer is behind: the transfer must pause and offer these bytes again.
    func offer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (accepted, waiter) = self.buffer.withLock { $0.offer(bytes) }
        waiter?.0.resume(returning: .success(waiter?.1))
        return accepted
    }

    /// The transfer is over; what is buffered can still be read.
    func finish(_ error: FetchError?) {
        let waiter = self.buffer.withLock { $0.finish(error) }
        waiter?.resume(returning: error.map(BodyRead.failure) ?? .success(nil))
    }

    func take(_ waiter: CheckedContinuation<BodyRead, Never>) -> BodyTake { self.buffer.withLock { $0.take(waiter) } }

    /// The consumer wants no more; false when the transfer had ended already.
    func abandon() -> Bool {
        let (wasOpen, waiter) = self.buffer.withLock { $0.abandon() }
        waiter?.resume(returning: .failure(.cancelled))
        return wasOpen
    }
}
