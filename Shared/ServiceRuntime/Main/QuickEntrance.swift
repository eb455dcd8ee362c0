import HTTPTypes
import NIOCore
import Telemetry

/// Answers the usual requests of one connection, byte for byte what the server would have made of ``QuickRouteHandler``'s answer, before they are
/// decoded: decoding a head and encoding another cost as much as what is answered with them. Stands between ``RequestPace`` and the decoder.
///
/// Only a request that comes whole and alone, while the decoder waits for a new one, is looked at; everything else goes on as it came. What follows while
/// an answer is being made waits here, in its order.
final class QuickEntrance: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Asked {
        let bytes: ByteBuffer
        let start: ContinuousClock.Instant
    }

    private enum Held {
        case bytes(NIOAny)
        case event(Any)
        case error(any Error)
        case close(CloseMode, EventLoopPromise<Void>?)
    }

    private let shared: QuickRouteHandler.Shared
    private let pace: RequestPace
    private let path: [UInt8]
    private let mostBodyBytes: Int
    /// The server knows of no request that is answered here and would take the connection for idle: every so often one goes its way.
    private let detour: Duration?
    private var lastDetour = ContinuousClock.Instant.now
    /// Bytes until the decoder waits for a new request; nil: that is not known, and never will be.
    private var left: Int? = 0
    private var asked: Asked?
    private var held: [Held] = []
    private var wantsRead = false
    private var hasUnsent = false
    private var context: ChannelHandlerContext?

    init(_ shared: QuickRouteHandler.Shared, _ pace: RequestPace, idleTimeout: TimeAmount?) {
        self.shared = shared
        self.pace = pace
        self.path = Array(shared.route.path.utf8)
        self.mostBodyBytes = min(shared.route.maxBodyBytes, shared.maxBodyBytes)
        self.detour = idleTimeout.map { .nanoseconds($0.nanoseconds / 8) }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !QuickRouteHandler.isLocal(context.remoteAddress) { self.left = nil }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.end() }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    /// Whatever was held is no longer of use to anybody.
    private func end() {
        self.context = nil
        self.asked = nil
        for case .close(_, let promise) in self.held { promise?.fail(ChannelError.alreadyClosed) }
        self.held = []
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.asked != nil {
            self.pace.isHeldUp()
            return self.held.append(.bytes(data))
        }
        if let left, self.read(context, self.unwrapInboundIn(data), left) { return }
        context.fireChannelRead(data)
    }

    /// Whether the bytes are a request that is being answered here.
    private func read(_ context: ChannelHandlerContext, _ bytes: ByteBuffer, _ left: Int) -> Bool {
        guard left == 0 else {
            self.left = bytes.readableBytes <= left ? left - bytes.readableBytes : nil
            return false
        }
        guard let head = bytes.withUnsafeReadableBytes({ UsualHead($0.bindMemory(to: UInt8.self), path: self.path) }),
            head.bytes + head.bodyBytes >= bytes.readableBytes
        else {
            self.left = nil
            return false
        }
        self.left = head.bytes + head.bodyBytes - bytes.readableBytes
        let now = ContinuousClock.now
        guard self.left == 0, head.bodyBytes <= self.mostBodyBytes, !self.pace.isOwed, self.detour.map({ self.lastDetour.duration(to: now) < $0 }) ?? true,
            let body = bytes.getSlice(at: bytes.readerIndex + head.bytes, length: head.bodyBytes)
        else {
            self.lastDetour = now
            return false
        }
        self.asked = Asked(bytes: bytes, start: now)
        self.pace.headIsRead()
        self.pace.requestIsRead()
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        let isBegun = self.shared.route.begin(body) { json in
            if loop.inEventLoop { bound.value.answer(json) } else { loop.execute { bound.value.answer(json) } }
        }
        if !isBegun {
            self.asked = nil
            self.lastDetour = now
            self.pace.isAnswered()
        }
        return isBegun
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        self.send()
        if self.asked != nil { self.held.append(.event(event)) } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.asked != nil { self.held.append(.error(error)) } else { context.fireErrorCaught(error) }
    }

    func read(context: ChannelHandlerContext) { if self.asked != nil, !self.held.isEmpty { self.wantsRead = true } else { context.read() } }

    /// The server does not know that somebody waits for an answer.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        self.send()
        if self.asked != nil { self.held.append(.close(mode, promise)) } else { context.close(mode: mode, promise: promise) }
    }

    // MARK: Out

    private static let start: StaticString =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: "

    private func answer(_ json: [UInt8]?) {
        guard let context, let asked else { return }
        self.asked = nil
        if let json {
            let trace = Tracer.shared.enter(nil)
            self.pace.isAnswering(closes: false)
            context.write(self.wrapOutboundOut(self.bytes(context, json, trace)), promise: nil)
            self.hasUnsent = true
            if self.held.isEmpty { self.sendSoon(context) } else { self.send() }
            self.pace.isAnswered()
            let took = asked.start.duration(to: .now)
            let span = ServerSpan(trace, under: nil, route: self.shared.route.path, took: took)
            span?.record(.post, status: 200, traceState: nil)
            self.shared.metrics.record(route: self.shared.route.path, method: .post, status: 200, took: took, exemplar: span?.trace)
        } else {
            self.pace.isAnswered()
            self.lastDetour = .now
            context.fireChannelRead(self.wrapInboundOut(asked.bytes))
            context.fireChannelReadComplete()
        }
        self.goOn()
    }

    /// When all that the loop has to do now is done: of answers that are made together, all are made before the first client is woken by his.
    private func sendSoon(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.send() }
    }

    private func send() {
        guard self.hasUnsent else { return }
        self.hasUnsent = false
        self.context?.flush()
    }

    private func bytes(_ context: ChannelHandlerContext, _ json: [UInt8], _ trace: TraceParent) -> ByteBuffer {
        var bytes = context.channel.allocator.buffer(capacity: json.count + 320)
        bytes.writeStaticString(Self.start)
        bytes.writeString("\(json.count)")
        bytes.writeStaticString("\r\nTraceparent: ")
        bytes.writeString(trace.description)
        if self.shared.drain.isClosing { bytes.writeStaticString("\r\nConnection: close") }
        bytes.writeStaticString("\r\nDate: ")
        bytes.writeString(self.shared.dates.now)
        if let server = self.shared.server {
            bytes.writeStaticString("\r\nServer: ")
            bytes.writeString(server)
        }
        bytes.writeStaticString("\r\n\r\n")
        bytes.writeBytes(json)
        return bytes
    }

    /// What came meanwhile.
    private func goOn() {
        guard !self.held.isEmpty else { return }
        var hasRead = false
        while self.asked == nil, let context, !self.held.isEmpty {
            switch self.held.removeFirst() {
            case .bytes(let data):
                hasRead = true
                self.channelRead(context: context, data: data)
            case .event(let event): context.fireUserInboundEventTriggered(event)
            case .error(let error): context.fireErrorCaught(error)
            case .close(let mode, let promise): context.close(mode: mode, promise: promise)
            }
        }
        guard self.asked == nil, let context else { return }
        if hasRead { context.fireChannelReadComplete() }
        if self.wantsRead {
            self.wantsRead = false
            context.read()
        }
    }
}
