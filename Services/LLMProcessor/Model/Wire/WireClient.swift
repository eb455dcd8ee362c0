import HTTPFetch
import NIOCore
import NIOPosix
import Resilience
import Synchronization

/// Posts to one address over plain HTTP/1.1, on the event loop of the request that it is for: a model server next door is asked without a change
/// of thread. Everything else, TLS above all, goes through ``HTTPFetcher`` (docs/decisions/019).
final class WireClient: Sendable {
    private let host: String
    private let port: Int
    /// Up to the value of `Content-Length`.
    private let head: [UInt8]
    private let maxIdle: Int
    private let group = MultiThreadedEventLoopGroup.singleton
    private let idle = Mutex<[ObjectIdentifier: [WireConnection]]>([:])

    private static let connectTimeout = TimeAmount.seconds(2)
    /// A connection that was idle for longer may be about to be closed by the other side.
    private static let idleLimit = TimeAmount.seconds(30)

    /// Nil when the address is not plain HTTP, or a header cannot be sent as it is.
    ///
    /// - Parameter maxIdle: connections kept for later, of each event loop.
    init?(url text: String, headers: [(String, String)], maxIdle: Int) {
        guard let url = try? FetchURL(text), url.origin.hasPrefix("http://"), let port = url.origin.split(separator: ":").last.flatMap({ Int($0) }) else {
            return nil
        }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        var head = "POST \(target.hasPrefix("/") ? "" : "/")\(target) HTTP/1.1\r\nhost: \(authority)\r\nuser-agent: nephoran\r\n"
        for (name, value) in headers {
            guard (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return nil }
            head += "\(name): \(value)\r\n"
        }
        self.host = url.host
        self.port = port
        self.head = Array((head + "content-length: ").utf8)
        self.maxIdle = maxIdle
    }

    /// - Parameters:
    ///   - timeout: from now to the last byte of the answer.
    ///   - limit: bytes of the answer's body.
    func post(_ body: [UInt8], timeout: Duration, limit: Int, cancellation: Cancellation?) async -> Result<FetchResponse, FetchError> {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? self.group.next()
        var request = ByteBufferAllocator().buffer(capacity: self.head.count + body.count + 24)
        request.writeBytes(self.head)
        request.writeString("\(body.count)\r\n\r\n")
        request.writeBytes(body)
        let call = WireCall(loop, request, limit: limit)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                cancellation?.onCancel { call.cancel() }
                if loop.inEventLoop {
                    self.begin(call, timeout, continuation)
                } else {
                    loop.execute { self.begin(call, timeout, continuation) }
                }
            }
        } onCancel: {
            call.cancel()
        }
    }

    /// On the loop.
    private func begin(_ call: WireCall, _ timeout: Duration, _ continuation: CheckedContinuation<Result<FetchResponse, FetchError>, Never>) {
        guard call.start(continuation, timeout: timeout) else { return }
        if let connection = self.takeIdle(call.loop) { self.send(call, on: connection, retrying: true) } else { self.connect(call) }
    }

    private func send(_ call: WireCall, on connection: WireConnection, retrying: Bool) {
        call.connection = connection
        connection.send(
            call.request,
            .init(limit: call.limit) { result in
                call.connection = nil
                if let result {
                    call.finish(result)
                } else if retrying, !call.isOver {
                    self.connect(call)
                } else {
                    call.finish(.failure(.transfer(code: 52, reason: "the connection was closed without an answer")))
                }
            })
    }

    private func connect(_ call: WireCall) {
        let loop = call.loop
        let connection = WireConnection(loop) { [weak self] in self?.keep($0, loop) }
        ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(connection) } }
            .connect(host: self.host, port: self.port)
            .whenComplete { result in
                switch result {
                case .success:
                    // The answer may not be wanted any more; the connection may.
                    if call.isOver { self.keep(connection, loop) } else { self.send(call, on: connection, retrying: false) }
                case .failure(let error): call.finish(.failure(.connect("\(error)")))
                }
            }
    }

    private func takeIdle(_ loop: any EventLoop) -> WireConnection? {
        while let connection = self.idle.withLock({ $0[ObjectIdentifier(loop)]?.popLast() }) {
            if connection.isOpen, connection.idleSince + Self.idleLimit > .now() { return connection }
            connection.close()
        }
        return nil
    }

    private func keep(_ connection: WireConnection, _ loop: any EventLoop) {
        let isKept = self.idle.withLock { idle in
            guard idle[ObjectIdentifier(loop), default: []].count < self.maxIdle else { return false }
            idle[ObjectIdentifier(loop), default: []].append(connection)
            return true
        }
        if !isKept { connection.close() }
    }
}

/// One call: its time, its connection, and whoever waits for its end. Everything but ``cancel()`` happens on its event loop.
///
/// `@unchecked Sendable` for that reason.
private final class WireCall: @unchecked Sendable {
    let loop: any EventLoop
    let request: ByteBuffer
    let limit: Int
    var connection: WireConnection?
    private var continuation: CheckedContinuation<Result<FetchResponse, FetchError>, Never>?
    private var timer: Scheduled<Void>?
    private(set) var isOver = false

    init(_ loop: any EventLoop, _ request: ByteBuffer, limit: Int) {
        self.loop = loop
        self.request = request
        self.limit = limit
    }

    /// False when it was cancelled before it began.
    func start(_ continuation: CheckedContinuation<Result<FetchResponse, FetchError>, Never>, timeout: Duration) -> Bool {
        if self.isOver {
            continuation.resume(returning: .failure(.cancelled))
            return false
        }
        self.continuation = continuation
        let (seconds, attoseconds) = timeout.components
        self.timer = self.loop.scheduleTask(in: .nanoseconds(max(1, min(seconds, 86_400) * 1_000_000_000 + attoseconds / 1_000_000_000))) {
            self.abandon(.timedOut)
        }
        return true
    }

    func finish(_ result: Result<FetchResponse, FetchError>) {
        guard !self.isOver else { return }
        self.isOver = true
        self.timer?.cancel()
        self.timer = nil
        self.continuation.take()?.resume(returning: result)
    }

    /// From any thread.
    func cancel() { self.loop.execute { self.abandon(.cancelled) } }

    private func abandon(_ error: FetchError) {
        let connection = self.connection.take()
        self.finish(.failure(error))
        connection?.close()
    }
}
