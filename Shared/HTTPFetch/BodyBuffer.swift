/// What a read found.
struct BodyTake {
    /// Nil: the reader waits.
    var read: BodyRead?
    /// The transfer had been paused and there is room again.
    var resumesTransfer = false
}

/// The state of one streamed body: bounded bytes, at most one reader, and how it ended. Pure.
struct BodyBuffer<Waiter: Sendable>: Sendable {
    /// Bytes beyond which the transfer pauses. A single offer may be larger when nothing else is buffered.
    let limit: Int
    private var bytes: [UInt8] = []
    private var isPaused = false
    private var end: BodyRead?
    private var waiter: Waiter?

    init(limit: Int) { self.limit = limit }

    /// Not accepted: the transfer must pause. A waiter comes back together with the bytes it is to be given.
    mutating func offer(_ offered: UnsafeRawBufferPointer) -> (accepted: Bool, waiter: (Waiter, [UInt8])?) {
        if offered.isEmpty || self.end != nil { return (true, nil) }
        if let waiter = self.waiter {
            self.waiter = nil
            return (true, (waiter, Array(offered)))
        }
        guard self.bytes.isEmpty || self.bytes.count + offered.count <= self.limit else {
            self.isPaused = true
            return (false, nil)
        }
        self.bytes.append(contentsOf: offered)
        return (true, nil)
    }

    mutating func finish(_ error: FetchError?) -> Waiter? {
        if self.end == nil { self.end = error.map(BodyRead.failure) ?? .success(nil) }
        return self.waiter.take()
    }

    mutating func take(_ waiter: Waiter) -> BodyTake {
        if !self.bytes.isEmpty {
            defer { self.isPaused = false }
            var chunk: [UInt8] = []
            swap(&chunk, &self.bytes)
            return BodyTake(read: .success(chunk), resumesTransfer: self.isPaused)
        }
        if let end = self.end { return BodyTake(read: end) }
        guard self.waiter == nil else { return BodyTake(read: .failure(.invalid("a stream has one consumer"))) }
        self.waiter = waiter
        return BodyTake()
    }

    mutating func abandon() -> (wasOpen: Bool, waiter: Waiter?) {
        let wasOpen = self.end == nil
        if wasOpen { self.end = .failure(.cancelled) }
        self.bytes = []
        return (wasOpen, self.waiter.take())
    }
}
