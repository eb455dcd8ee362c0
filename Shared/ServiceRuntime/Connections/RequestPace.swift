import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Stands at the beginning of a connection and sees to it that a request comes in within its time and its bounds: who sends a head byte by byte, or a
/// body that never ends, is let go (slowloris).
///
/// It knows bytes; ``RequestMarks``, behind the decoder on the same loop, tells it what they were, or ``QuickEntrance`` before it.
final class RequestPace: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Limits: Sendable {
        /// From the first byte of a head to its last.
        var head: TimeAmount
        /// In which at least ``bodyBytes`` of a body come.
        var body: TimeAmount
        var bodyBytes = 1_024
        /// Of a head that is not complete: request line and fields.
        var headBytes = 64 << 10
        /// For who is still sending a body that was answered: closed at once, he might never read the answer.
        var linger = TimeAmount.seconds(1)
        var lingerBytes = 4 << 20
    }

    private enum State { case head, body }

    private let limits: Limits
    private let use: OpenConnections.Use
    private var state = State.head
    /// Of a head that is not complete.
    private var headBytes = 0
    private var hasAdvanced = false
    private var bodyBytes = 0
    /// Whether the server wants more, now and when the time began: who is not read cannot send.
    private var isRead = false
    private var wasRead = true
    private var isRefused = false
    private var answersOwed = 0
    private var answerCloses = false
    private var isLingering = false
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    init(_ limits: Limits, _ use: OpenConnections.Use) {
        self.limits = limits
        self.use = use
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.stop()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.stop()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        self.isRead = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.isRefused { return }
        let count = self.unwrapInboundIn(data).readableBytes
        self.hasAdvanced = false
        context.fireChannelRead(data)
        switch self.state {
        case .head where !self.hasAdvanced:
            self.headBytes += count
            if self.headBytes > self.limits.headBytes {
                self.refuse(context, "431 Request Header Fields Too Large")
            } else if self.timer == nil {
                self.timer = self.schedule(context, self.limits.head) { pace, context in pace.refuse(context, "408 Request Timeout") }
            }
        case .body:
            self.bodyBytes += count
            if self.isLingering {
                if self.bodyBytes > self.limits.lingerBytes { context.close(promise: nil) }
            } else if self.timer == nil {
                self.wasRead = true
                self.timer = self.schedule(context, self.limits.body) { pace, context in pace.checkBody(context) }
            }
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Unless somebody asks for more, what comes late is not the client's fault.
        self.isRead = false
        context.fireChannelReadComplete()
    }

    private func checkBody(_ context: ChannelHandlerContext) {
        self.timer = nil
        guard case .body = self.state else { return }
        if self.wasRead, self.isRead, self.bodyBytes < self.limits.bodyBytes { return context.close(promise: nil) }
        self.bodyBytes = 0
        self.wasRead = self.isRead
        self.timer = self.schedule(context, self.limits.body) { pace, context in pace.checkBody(context) }
    }

    private func schedule(
        _ context: ChannelHandlerContext, _ time: TimeAmount, _ body: @escaping (RequestPace, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        // All three belong to this loop, on which the task runs.
        let bound = NIOLoopBound((self, context, body), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: time) {
            let (pace, context, body) = bound.value
            body(pace, context)
        }
    }

    /// Says why, unless that would be taken for the answer of another request.
    private func refuse(_ context: ChannelHandlerContext, _ status: String) {
        self.stop()
        self.isRefused = true
        guard self.answersOwed == 0 else { return context.close(promise: nil) }
        let bytes = context.channel.allocator.buffer(string: "HTTP/1.1 \(status)\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        context.writeAndFlush(self.wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    private func stop() {
        self.timer?.cancel()
        self.timer = nil
    }

    // MARK: What the bytes were

    /// A request is read, or about to be answered.
    var isOwed: Bool { self.answersOwed > 0 }

    /// What was just read is not looked at before a request is answered, whose client sent it too early: it is not slow.
    func isHeldUp() { self.hasAdvanced = true }

    func headIsRead() {
        self.hasAdvanced = true
        self.state = .body
        self.headBytes = 0
        self.bodyBytes = 0
        self.answersOwed += 1
        self.stop()
        self.use.begin()
    }

    func requestIsRead() {
        self.hasAdvanced = true
        self.state = .head
        self.headBytes = 0
        self.stop()
    }

    func isAnswering(closes: Bool) { self.answerCloses = closes }

    func isAnswered() {
        self.answersOwed = max(0, self.answersOwed - 1)
        guard self.answersOwed == 0 else { return }
        self.use.end()
        guard self.answerCloses, case .body = self.state, let context else { return }
        self.stop()
        self.isLingering = true
        self.bodyBytes = 0
        self.timer = self.schedule(context, self.limits.linger) { _, context in context.close(promise: nil) }
    }
}

/// Tells a ``RequestPace`` where requests and answers begin and end.
final class RequestMarks: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let pace: RequestPace
    private var unreadable: HTTPParserError?

    init(_ pace: RequestPace) { self.pace = pace }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { self.unreadable = error }
        context.fireErrorCaught(error)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head: self.pace.headIsRead()
        case .body: break
        case .end: self.pace.requestIsRead()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head):
            self.pace.isAnswering(closes: head.headerFields[.connection] == "close")
            // The framework answers what is no HTTP with nothing but a status.
            if let unreadable, head.status == .badRequest, head.headerFields[.contentLength] == "0" {
                let answer = UnreadableRequest(unreadable)
                context.write(self.wrapOutboundOut(.head(answer.head)), promise: nil)
                return context.write(self.wrapOutboundOut(.body(context.channel.allocator.buffer(bytes: answer.body))), promise: promise)
            }
        case .body: break
        case .end: self.pace.isAnswered()
        }
        context.write(data, promise: promise)
    }
}
