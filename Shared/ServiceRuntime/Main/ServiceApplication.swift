import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Telemetry
import ServiceLifecycle

/// Puts a service's parts behind a server. `runService` uses it, and so do tests.
package enum ServiceApplication {
    /// - Parameter onServing: told the port once connections are accepted.
    package static func build(
        _ parts: ServiceParts, in context: ServiceContext, onServing: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> ServiceServer {
        self.build(parts, in: context, on: nil, onServing: onServing)
    }

    static func build(
        _ parts: ServiceParts, in context: ServiceContext, on executor: EventLoopsExecutor?, certificate: ListenerCertificate? = nil,
        onServing: @escaping @Sendable (Int) async -> Void
    ) -> ServiceServer {
        let settings = context.settings
        let table = RouteTable()
        let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
        let metrics = RequestMetrics(context.metrics)
        router.add(
            middleware: RequestEdge(
                metrics: metrics, routes: table, problems: parts.problems, drain: context.drain,
                maxBodyBytes: settings[CommonSettings.maxBodyBytes], streamingRoutes: parts.streamingRoutes, accessLog: parts.accessLog ?? LoggedAccess(),
                failures: FailureLimit(perMinute: settings[AccessSettings.failureLimit]),
                throttled: context.metrics.counter(MetricName.authenticationAttempts, [("result", "throttled")]), isTLS: certificate != nil
            )
        )
        let health = HealthBoard(parts.healthChecks, metrics: context.metrics)
        OperationsRoutes(context: context, health: health).add(to: router)
        parts.routes(router)
        table.fill(router.routes)

        let ready = ReadyLine(settings[CommonSettings.readyDescriptor])
        return ServiceServer(
            responder: router.buildResponder(),
            configuration: ApplicationConfiguration(address: .hostname(context.host, port: context.port), serverName: context.name),
            logger: context.logger,
            processesRunBeforeServerStart: [parts.beforeServing],
            http: .init(
                idleTimeout: settings[CommonSettings.idleTimeout].timeAmount,
                httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
            ),
            listener: Listener(
                place: Self.place(context), maxConnections: settings[CommonSettings.maxConnections],
                maxConnectionsPerClient: settings[CommonSettings.maxConnectionsPerClient],
                pace: .init(head: settings[CommonSettings.headerTimeout].timeAmount, body: settings[CommonSettings.bodyTimeout].timeAmount),
                certificate: certificate, linger: settings[CommonSettings.drainLinger],
                executor: executor
            ),
            // It asks nobody who he is.
            quick: context.authenticator.knowsServices
                ? nil : parts.quickRoute.map { (route: $0, maxBodyBytes: settings[CommonSettings.maxBodyBytes], metrics: metrics, drain: context.drain) },
            serving: { port in
                context.drain.serving()
                await onServing(port)
                guard let ready else { return StartMemory.giveBack() }
                Task {
                    await ready.write {
                        let missing = await health.dependencies().contains { $0.required && $0.state == .down }
                        let isReady = context.drain.state == .serving && !missing
                        if isReady { StartMemory.giveBack() }
                        return isReady
                    }
                }
            }
        )
    }

    private static func place(_ context: ServiceContext) -> Listener.Place {
        let descriptor = Int32(context.settings[CommonSettings.listenDescriptor])
        return descriptor > 0 ? .shared(descriptor) : .address(host: context.host, port: context.port)
    }
}

extension Duration {
    fileprivate var timeAmount: TimeAmount {
        let (seconds, attoseconds) = self.components
        return .milliseconds(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
