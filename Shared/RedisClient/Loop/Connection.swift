/// One connection: its socket, the bytes on their way out, and the requests whose replies are to come.
///
/// Confined to the loop's thread. It knows how to move bytes; when to connect, to give up or to try again is the
/// business of ``EventLoop``.
final class Connection {
    enum Stage: Equatable {
        /// Not wanted.
        case idle
        /// Waiting for the addresses of the host.
        case resolving
        case connecting
        case greeting
        case ready
        /// Failed; waiting for the next attempt.
        case resting(until: MonotonicTime)
    }

    let lane: Int
    var stage = Stage.idle
    /// The end of the current attempt to connect.
    var attemptDeadline = MonotonicTime.never
    var addresses: ArraySlice<SocketAddress> = []
    var delay: ReconnectDelay
    private(set) var readySince = MonotonicTime.never
    private(set) var socket: Socket?
    /// Names the socket in the poller.
    private(set) var key: UInt64 = 0
    private(set) var replies: ReplyQueue
    var isDirty = false

    private let configuration: RedisConfiguration
    private var greeting: Greeting
    private let label: String
    private let needsPrimary: Bool
    private let listener: RedisListener?
    private var parser: ReplyParser?
    private var output = OutputBuffer()
    private var wantsWritable = false

    init(lane: Int, label: String, configuration: RedisConfiguration, needsPrimary: Bool, listener: RedisListener? = nil) {
        self.lane = lane
        self.listener = listener
        self.label = label
        self.needsPrimary = needsPrimary
        self.configuration = configuration
        self.delay = ReconnectDelay(limit: configuration.maxReconnectDelay)
        self.replies = ReplyQueue(patience: configuration.commandTimeout)
        self.greeting = Greeting(configuration, label: label, needsPrimary: needsPrimary)
    }

    /// The next time at which the loop has to look at the connection.
    var alarm: MonotonicTime {
        switch self.stage {
        case .idle: .never
        case .resolving, .connecting, .greeting: self.attemptDeadline
        case .resting(let end): end
        case .ready: self.replies.alarm
        }
    }

    // MARK: Connecting

    func open(_ address: SocketAddress, key: UInt64, poller: Poller) throws(RedisError) {
        let socket = try Socket(connectingTo: address)
        guard poller.add(socket, [.readable, .writable], key: key) else {
            throw RedisError(.disconnected, "the socket cannot be polled")
        }
        self.parser = try ReplyParser()
        self.socket = socket
        self.key = key
        self.wantsWritable = true
        self.stage = .connecting
    }

    /// The socket is connected: greets the server.
    func greet() {
        self.greeting = Greeting(self.configuration, label: self.label, needsPrimary: self.needsPrimary)
        self.output = OutputBuffer()
        self.output.append(self.greeting.bytes)
        self.stage = .greeting
    }

    func becomeReady(now: MonotonicTime) {
        self.stage = .ready
        self.readySince = now
        self.attemptDeadline = .never
    }

    // MARK: Requests

    func append(_ request: Request, now: MonotonicTime) {
        self.replies.append(request, start: self.output.end, now: now)
        self.output.append(request)
    }

    /// Writes what the socket takes, and asks the poller to tell when it takes more.
    func flush(poller: Poller) -> RedisError? {
        // While it connects, the poller has to tell when it becomes writable, though there is nothing to write yet.
        guard let socket = self.socket, self.stage == .greeting || self.stage == .ready else { return nil }
        if let error = self.output.flush(to: socket) { return error }
        if self.output.isEmpty == self.wantsWritable {
            self.wantsWritable.toggle()
            poller.change(socket, self.wantsWritable ? [.readable, .writable] : [.readable], key: self.key)
        }
        return nil
    }

    enum Received {
        case greeting(Greeting.Verdict)
        case completion(ReplyQueue.Completion)
    }

    /// Reads what has come and hands every reply to `take`, which returns an error to end the connection.
    func receive(into buffer: UnsafeMutableRawBufferPointer, now: MonotonicTime, _ take: (Received) -> RedisError?) -> RedisError? {
        guard let socket = self.socket, let parser = self.parser else { return nil }
        // A few rounds only: one connection with much to say must not keep the others waiting.
        for _ in 0..<8 {
            switch socket.read(into: buffer) {
            case .wouldBlock: return nil
            case .failed(let error): return error
            case .done(let count):
                do throws(RedisError) {
                    try parser.feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
                    while let value = try parser.next() {
                        if let listener = self.listener, self.stage == .ready, let message = RedisMessage(value) {
                            listener(message)
                            continue
                        }
                        let received: Received =
                            self.stage == .greeting
                            ? .greeting(self.greeting.receive(value)) : .completion(self.replies.receive(value, now: now))
                        if let error = take(received) { return error }
                    }
                } catch { return error }
                if count < buffer.count { return nil }
            }
        }
        return nil
    }

    func expire(now: MonotonicTime) -> (overdue: [Request], isStalled: Bool) { self.replies.expire(now: now) }

    /// Closes the socket. Returns the requests that had no reply.
    func close() -> [(request: Request, wasWritten: Bool, isAbandoned: Bool)] {
        self.socket = nil  // Closing also takes it out of the poller.
        self.parser = nil
        self.stage = .idle
        self.attemptDeadline = .never
        self.readySince = .never
        let unanswered = self.replies.removeAll(written: self.output.written)
        self.output = OutputBuffer()
        return unanswered
    }
}
