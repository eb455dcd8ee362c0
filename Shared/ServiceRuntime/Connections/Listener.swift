import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Accepts connections until the service is to stop, then leaves without a client noticing.
///
/// First nobody new: a socket that others accept from too is left to them, with whatever waits in its queue. Connections that were
/// accepted get their answers, each with `Connection: close`, for `linger`; what says nothing in that time is closed.
struct Listener: Sendable {
    enum Place: Sendable {
        case address(host: String, port: Int)
        /// A socket that listens already. Somebody else holds it, too, and it goes on listening when this service has left.
        case shared(NIOBSDSocket.Handle)
    }

    let place: Place
    let maxConnections: Int
    let maxConnectionsPerClient: Int
    let pace: RequestPace.Limits
    /// Nil: plain HTTP.
    let certificate: ListenerCertificate?
    let linger: Duration
    /// Nil: connections are served on the usual threads.
    let executor: EventLoopsExecutor?

    func run(
        _ child: HTTP1Channel, _ quick: QuickRouteHandler.Shared?, on group: any EventLoopGroup, logger: Logger,
        onServing: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let socket =
            switch self.place {
            case .address(let host, let port): try ListeningSocket(host: host, port: port)
            case .shared(let descriptor): ListeningSocket(descriptor: descriptor)
            }
        let connections = OpenConnections(limit: self.maxConnections, perClient: self.maxConnectionsPerClient)
        let acceptor = try Acceptor(socket, logger: logger)
        await withGracefulShutdownHandler {
            await onServing(socket.port)
            await withDiscardingTaskGroup { tasks in
                for await descriptor in acceptor.connections(while: { connections.hasRoom }, full: { connections.makeRoom() }) {
                    let client = ClientAddress(of: descriptor)
                    guard connections.claim(client) else {
                        _ = close(descriptor)
                        continue
                    }
                    let loop = group.next()
                    tasks.addTask(executorPreference: self.executor?.executor(of: loop)) {
                        await self.serve(descriptor, client, child, quick, connections, loop, logger)
                    }
                }
            }
        } onGracefulShutdown: {
            Task { await self.leave(acceptor, connections) }
        }
        socket.close()
    }

    private func serve(
        _ descriptor: NIOBSDSocket.Handle, _ client: ClientAddress?, _ child: HTTP1Channel, _ quick: QuickRouteHandler.Shared?,
        _ connections: OpenConnections, _ loop: any EventLoop, _ logger: Logger
    ) async {
        defer { connections.release(client) }
        let bootstrap = ClientBootstrap(group: loop).channelOption(.allowRemoteHalfClosure, value: true)
        let (certificate, limits) = (self.certificate, self.pace)
        // It may have gone away again already.
        guard
            let connection = try? await bootstrap.withConnectedSocket(
                descriptor,
                channelInitializer: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let use = OpenConnections.Use()
                        connections.add(channel, use)
                        let pace = RequestPace(limits, use)
                        if let certificate { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context)) }
                        try channel.pipeline.syncOperations.addHandler(pace)
                        if let quick {
                            try channel.pipeline.syncOperations.addHandler(QuickEntrance(quick, pace, idleTimeout: child.configuration.idleTimeout))
                        }
                        return NIOLoopBound(pace, eventLoop: channel.eventLoop)
                    }.flatMap { pace in
                        child.setup(channel: channel, logger: logger).flatMapThrowing { value in
                            let pipeline = channel.pipeline.syncOperations
                            let states = try pipeline.handler(type: HTTPConnectionStateHandler.self)
                            try pipeline.addHandler(RequestMarks(pace.value), position: .before(states))
                            if let quick { try pipeline.addHandler(QuickRouteHandler(quick), position: .after(states)) }
                            return value
                        }
                    }
                })
        else { return }
        await child.handle(value: connection, logger: logger)
    }

    private func leave(_ acceptor: Acceptor, _ connections: OpenConnections) async {
        if case .shared = self.place { acceptor.stop() }
        let deadline = ContinuousClock.now + self.linger
        while !connections.isEmpty, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        acceptor.stop()
        connections.quiesce()
    }
}
