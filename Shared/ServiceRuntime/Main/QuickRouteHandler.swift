import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import Telemetry

/// Looks at the requests of one connection on their way to the router and answers those that a ``QuickRoute`` can. Stands between the
/// handler that counts requests and the one that makes streams of them; to both a quick answer looks like any other.
///
/// Requests that follow while an answer is being made wait here, in their order, and nothing more is read meanwhile.
final class QuickRouteHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What all connections share.
    struct Shared: Sendable {
        let route: any QuickRoute
        /// Bytes of a body that any route takes.
        let maxBodyBytes: Int
        let metrics: RequestMetrics
        let drain: Drain
        let dates: HTTPDate
        let server: String?
    }

    private struct Asked {
        var head: HTTPRequest
        var body: ByteBuffer?
        let start: ContinuousClock.Instant
    }

    private enum State {
        case passing
        case collecting
        case answering
    }

    private enum Held {
        case part(NIOAny)
        case event(Any)
        case error(any Error)
    }

    private let shared: Shared
    private var state = State.passing
    private var asked: Asked?
    private var held: [Held] = []
    private var wantsRead = false
    /// Requests that went on and are not answered: nobody overtakes them.
    private var underWay = 0
    private var isLocal = false
    private var context: ChannelHandlerContext?

    init(_ shared: Shared) { self.shared = shared }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.isLocal = Self.isLocal(context.remoteAddress)
    }

    /// Who asks from this machine is not asked who he is.
    static func isLocal(_ address: SocketAddress?) -> Bool {
        switch address {
        case .unixDomainSocket: true
        case .some(let address): LoopbackAddress.contains(address.ipAddress ?? "")
        case nil: false
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.asked = nil
        self.held = []
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.state {
        case .answering: self.held.append(.part(data))
        case .passing:
            guard case .head(let head) = self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
            if self.underWay == 0, self.isUsual(head) {
                self.asked = Asked(head: head, start: .now)
                self.state = .collecting
            } else {
                self.underWay += 1
                context.fireChannelRead(data)
            }
        case .collecting:
            switch self.unwrapInboundIn(data) {
            case .head: context.fireChannelRead(data)
            case .body(var bytes):
                if self.asked?.body == nil { self.asked?.body = bytes } else { self.asked?.body?.writeBuffer(&bytes) }
            case .end: self.begin(context)
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch self.state {
        case .answering: self.held.append(.event(event))
        case .collecting:
            self.goPlain(context, isComplete: false)
            context.fireUserInboundEventTriggered(event)
        case .passing: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch self.state {
        case .answering: self.held.append(.error(error))
        case .collecting:
            self.goPlain(context, isComplete: false)
            context.fireErrorCaught(error)
        case .passing: context.fireErrorCaught(error)
        }
    }

    func read(context: ChannelHandlerContext) {
        if case .answering = self.state, !self.held.isEmpty { self.wantsRead = true } else { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = self.unwrapOutboundIn(data) { self.underWay -= 1 }
        context.write(data, promise: promise)
    }

    // MARK: The way

    /// Nothing is said that the router's way would heed and this one does not: an unknown header is enough to be no usual request.
    private func isUsual(_ head: HTTPRequest) -> Bool {
        guard self.isLocal, head.method == .post, head.path == self.shared.route.path else { return false }
        return Self.saysNothingUnusual(head, mostBodyBytes: min(self.shared.route.maxBodyBytes, self.shared.maxBodyBytes))
    }

    static func saysNothingUnusual(_ head: HTTPRequest, mostBodyBytes: Int) -> Bool {
        var length: Int?
        var skipsCaches = false
        for field in head.headerFields {
            switch field.name {
            case .userAgent, .acceptEncoding: break
            case .accept: guard field.value == "*/*" || field.value == "application/json" else { return false }
            case .contentType: guard field.value == "application/json" else { return false }
            case .contentLength: length = Int(field.value)
            case .cacheControl:
                guard field.value == "no-cache" else { return false }
                skipsCaches = true
            default: return false
            }
        }
        guard skipsCaches, let length else { return false }
        return length > 0 && length <= mostBodyBytes
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard let body = self.asked?.body else { return self.goPlain(context, isComplete: true) }
        self.state = .answering
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        let begun = self.shared.route.begin(body) { json in
            if loop.inEventLoop { bound.value.answer(json) } else { loop.execute { bound.value.answer(json) } }
        }
        if !begun { self.goPlain(context, isComplete: true) }
    }

    private func answer(_ json: [UInt8]?) {
        guard let context, let asked, case .answering = self.state else { return }
        guard let json else { return self.goPlain(context, isComplete: true) }
        self.asked = nil
        self.state = .passing
        var fields = HTTPFields()
        fields.reserveCapacity(8)
        fields.append(HTTPField(name: .contentType, value: "application/json"))
        fields.append(HTTPField(name: .xContentTypeOptions, value: "nosniff"))
        fields.append(HTTPField(name: .cacheControl, value: "no-store"))
        fields.append(HTTPField(name: .contentLength, value: "\(json.count)"))
        let trace = Tracer.shared.enter(nil)
        fields.append(HTTPField(name: .traceparent, value: trace.description))
        if self.shared.drain.isClosing { fields.append(HTTPField(name: .connection, value: "close")) }
        fields.append(HTTPField(name: .date, value: self.shared.dates.now))
        if let server = self.shared.server { fields.append(HTTPField(name: .server, value: server)) }
        context.write(self.wrapOutboundOut(.head(HTTPResponse(status: .ok, headerFields: fields))), promise: nil)
        context.write(self.wrapOutboundOut(.body(context.channel.allocator.buffer(bytes: json))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        let took = asked.start.duration(to: .now)
        let span = ServerSpan(trace, under: nil, route: self.shared.route.path, took: took)
        span?.record(.post, status: 200, traceState: nil)
        self.shared.metrics.record(route: self.shared.route.path, method: .post, status: 200, took: took, exemplar: span?.trace)
        self.goOn(context)
    }

    /// The request goes on as if nobody had looked at it.
    private func goPlain(_ context: ChannelHandlerContext, isComplete: Bool) {
        guard let asked else { return }
        self.asked = nil
        self.state = .passing
        self.underWay += 1
        context.fireChannelRead(self.wrapInboundOut(.head(asked.head)))
        if let body = asked.body { context.fireChannelRead(self.wrapInboundOut(.body(body))) }
        if isComplete {
            context.fireChannelRead(self.wrapInboundOut(.end(nil)))
            context.fireChannelReadComplete()
        }
        self.goOn(context)
    }

    /// What came meanwhile.
    private func goOn(_ context: ChannelHandlerContext) {
        guard !self.held.isEmpty else { return }
        while !self.held.isEmpty {
            if case .answering = self.state { return }
            switch self.held.removeFirst() {
            case .part(let data): self.channelRead(context: context, data: data)
            case .event(let event): self.userInboundEventTriggered(context: context, event: event)
            case .error(let error): self.errorCaught(context: context, error: error)
            }
        }
        context.fireChannelReadComplete()
        if self.wantsRead {
            self.wantsRead = false
            context.read()
        }
    }
}
