package import HTTPFetch
import NIOCore
import NIOPosix

/// The server's event loops, lent to a fetcher: a call that a request leads to is made and answered on the request's own loop.
package struct EventLoopsForFetching: FetchLoops {
    package init() {}

    package var current: (id: ObjectIdentifier, loop: any FetchLoop)? {
        MultiThreadedEventLoopGroup.currentEventLoop.map { (ObjectIdentifier($0), EventLoopForFetching(loop: $0)) }
    }
}

struct EventLoopForFetching: FetchLoop {
    let loop: any EventLoop

    var isHere: Bool { self.loop.inEventLoop }

    func run(_ work: @escaping @Sendable () -> Void) { self.loop.execute(work) }

    func run(after time: Duration, _ work: @escaping @Sendable () -> Void) { _ = self.loop.scheduleTask(in: TimeAmount(time), work) }

    func watch(event: Int32, _ signalled: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let pipe = NIOPipeBootstrap(group: self.loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Signals(signalled)) }
            }
            .takingOwnershipOfDescriptor(input: event)
        return { pipe.whenSuccess { $0.close(promise: nil) } }
    }

    /// What is read of an event descriptor is how often it was written to, which nobody needs to know.
    private final class Signals: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let signalled: @Sendable () -> Void

        init(_ signalled: @escaping @Sendable () -> Void) { self.signalled = signalled }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { self.signalled() }
    }
}
