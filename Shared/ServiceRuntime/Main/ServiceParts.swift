package import Hummingbird
package import ServiceLifecycle

/// What a service consists of besides what all have.
package struct ServiceParts {
    /// Adds the service's routes. Called once, before the server starts.
    package var routes: (Router<AppContext>) -> Void
    /// Run while the service does. Started before the server, in this order; stopped after it, in the opposite one.
    /// A service that throws ends the process with status 1.
    package var services: [any Service]
    package var healthChecks: [HealthCheck]
    /// The service's own errors on their way to the caller.
    package var problems: ProblemMapping
    /// Templates of routes that read bodies of any length bit by bit; `MAX_BODY_BYTES` is not for them.
    package var streamingRoutes: Set<String>
    /// Answers the usual requests of one of the routes.
    package var quickRoute: (any QuickRoute)?
    /// Where refused attempts are kept; nil: the gateway is told, where one is named.
    package var accessLog: (any AccessLog)?
    /// Runs once the services do and before the first connection is accepted.
    package var beforeServing: @Sendable () async throws -> Void

    package init(
        routes: @escaping (Router<AppContext>) -> Void, services: [any Service] = [], healthChecks: [HealthCheck] = [],
        problems: ProblemMapping = ProblemMapping(), streamingRoutes: Set<String> = [], quickRoute: (any QuickRoute)? = nil,
        beforeServing: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.routes = routes
        self.services = services
        self.healthChecks = healthChecks
        self.problems = problems
        self.streamingRoutes = streamingRoutes
        self.quickRoute = quickRoute
        self.beforeServing = beforeServing
    }
}
