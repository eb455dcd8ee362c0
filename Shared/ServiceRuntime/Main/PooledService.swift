package import ServiceLifecycle

/// Runs a service on the usual threads where the others run on event loops: for one that computes for milliseconds at a time.
package struct PooledService: Service {
    private let service: any Service

    package init(_ service: any Service) { self.service = service }

    package func run() async throws {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try await self.service.run() }
    }
}
