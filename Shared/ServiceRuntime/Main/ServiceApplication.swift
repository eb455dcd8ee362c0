package import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle

/// Puts a service's parts behind a server. `runService` uses it, and so do tests.
package enum ServiceApplication {
    /// - Parameter onServing: told the port once connections are accepted.
    package static func build(
        _ parts: ServiceParts, in context: ServiceContext, onServing: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<RouterResponder<AppContext>> {
        let settings = context.settings
        let table = RouteTable()
        let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: RequestEdge(
                metrics: RequestMetrics(context.metrics), routes: table, problems: parts.problems, drain: context.drain,
                maxBodyBytes: settings[CommonSettings.maxBodyBytes]
            )
        )
        OperationsRoutes(context: context, health: HealthBoard(parts.healthChecks, metrics: context.metrics)).add(to: router)
        parts.routes(router)
        table.fill(router.routes)

        let idle = settings[CommonSettings.idleTimeout].components
        var application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: .milliseconds(idle.seconds * 1_000 + idle.attoseconds / 1_000_000_000_000_000),
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(context.host, port: context.port), serverName: context.name, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(settings[CommonSettings.maxConnections])
            ),
            onServerRunning: { channel in
                context.drain.serving()
                await onServing(channel.localAddress?.port ?? 0)
            },
            logger: context.logger
        )
        let before = parts.beforeServing
        application.beforeServerStarts { try await before() }
        return application
    }
}
