/// Bytes on their way to one socket; counts the whole stream so that what was never written can be told apart.
struct OutputBuffer {
    private var bytes: [UInt8] = []
    private var head = 0
    /// Bytes handed to the socket since the connection began.
    private(set) var written = 0

    var isEmpty: Bool { self.head == self.bytes.count }
    /// Offset in the stream at which the next request will start.
    var end: Int { self.written + self.bytes.count - self.head }

    mutating func append(_ request: Request) {
        if request.argumentCount > 0 { self.bytes.appendArrayHeader(count: request.argumentCount) }
        self.bytes.append(contentsOf: request.payload)
    }

    mutating func append(_ bytes: [UInt8]) { self.bytes.append(contentsOf: bytes) }

    /// Writes until everything is out or the socket is full; returns why the socket failed, if it did.
    mutating func flush(to socket: Socket) -> RedisError? {
        while !self.isEmpty {
            let outcome = self.bytes.withUnsafeBytes { socket.write(UnsafeRawBufferPointer(rebasing: $0[self.head...])) }
            switch outcome {
            case .done(let count):
                self.head += count
                self.written += count
            case .wouldBlock:
                self.reclaim()
                return nil
            case .failed(let error):
                return error
            }
        }
        self.head = 0
        // One large value must not keep its memory for the life of the connection.
        self.bytes.removeAll(keepingCapacity: self.bytes.capacity <= 1 << 18)
        return nil
    }

    /// A peer that never quite catches up must not make the part already written grow.
    private mutating func reclaim() {
        guard self.head >= 1 << 20, self.head * 2 >= self.bytes.count else { return }
        self.bytes.removeSubrange(..<self.head)
        self.head = 0
    }
}
