import Logging
import ServiceLifecycle
import Synchronization

/// Creates the classes when the server is there, brings the shipped knowledge in, and looks every few seconds for what other replicas changed.
struct WeaviateUpkeep: Service {
    private static let interval: Duration = .seconds(2)

    let store: WeaviateStore
    let logger: Logger
    /// Done once, when the server is there for the first time.
    let begin: @Sendable () async throws -> Void

    func run() async {
        await cancelWhenGracefulShutdown {
            var hasBegun = false
            var isSaid = false
            while !Task.isCancelled {
                do {
                    if hasBegun {
                        try await self.store.refresh()
                    } else {
                        try await self.store.prepare()
                        try await self.begin()
                        hasBegun = true
                    }
                    if isSaid { self.logger.notice("Weaviate is there again") }
                    isSaid = false
                } catch is CancellationError {
                    return
                } catch {
                    if !isSaid { self.logger.warning("searches are answered by the embedded store", metadata: ["error": .string("\(error)")]) }
                    isSaid = true
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
