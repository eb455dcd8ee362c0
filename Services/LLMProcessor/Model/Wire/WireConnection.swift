import HTTPFetch
import NIOCore

/// One connection to a model server, for one exchange after the other.
///
/// `@unchecked Sendable` because everything but the initialiser happens on the connection's event loop, which is checked.
final class WireConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    /// A question that waits for its answer.
    struct Exchange {
        var limit: Int
        /// Nil: the connection had carried others before and was closed without a byte of this one's answer: send it again on a new one.
        var end: (Result<FetchResponse, FetchError>?) -> Void
    }

    private let loop: any EventLoop
    private let becameIdle: (WireConnection) -> Void
    private var channel: (any Channel)?
    private var exchange: Exchange?
    private var reader = ResponseReader(limit: 0)
    private var isReused = false
    /// Since when it waits to be used again.
    private(set) var idleSince = NIODeadline.now()

    /// - Parameter becameIdle: called on the loop when it may carry another exchange.
    init(_ loop: any EventLoop, becameIdle: @escaping (WireConnection) -> Void) {
        self.loop = loop
        self.becameIdle = becameIdle
    }

    var isOpen: Bool { self.channel?.isActive ?? false }

    func send(_ request: ByteBuffer, _ exchange: Exchange) {
        self.loop.assertInEventLoop()
        guard let channel, channel.isActive else { return exchange.end(nil) }
        self.exchange = exchange
        self.reader = ResponseReader(limit: exchange.limit)
        channel.writeAndFlush(request, promise: nil)
    }

    /// Nobody wants the answer any more: a connection in the middle of one is of no use.
    func close() {
        self.loop.assertInEventLoop()
        self.exchange = nil
        self.channel?.close(promise: nil)
    }

    // Before it is connected: who connected is told so before the handlers are.
    func handlerAdded(context: ChannelHandlerContext) { self.channel = context.channel }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        guard self.exchange != nil else {
            // An answer to nothing.
            context.close(promise: nil)
            return
        }
        self.handle(buffer.withUnsafeReadableBytes { self.reader.read($0) }, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.channel = nil
        guard let exchange else { return }
        self.exchange = nil
        if self.isReused, self.reader.isUntouched { return exchange.end(nil) }
        switch self.reader.end() {
        case .complete(let response, _): exchange.end(.success(response))
        case .failed(let error): exchange.end(.failure(error))
        case .more: exchange.end(.failure(.transfer(code: 52, reason: "no response")))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func handle(_ progress: ResponseReader.Progress, _ context: ChannelHandlerContext) {
        switch progress {
        case .more: return
        case .complete(let response, let isReusable):
            let exchange = self.exchange.take()
            if isReusable {
                self.isReused = true
                self.idleSince = .now()
                self.becameIdle(self)
            } else {
                context.close(promise: nil)
            }
            exchange?.end(.success(response))
        case .failed(let error):
            let exchange = self.exchange.take()
            context.close(promise: nil)
            exchange?.end(.failure(error))
        }
    }
}
