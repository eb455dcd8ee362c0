import Logging
import ServiceLifecycle

/// Writes the index of vectors to its file now and then, and at the end, so that the next start need not make it anew.
struct VectorFileUpkeep: Service {
    private static let interval: Duration = .seconds(60)

    let store: EmbeddedStore
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await self.save() }
        }
        await self.save()
    }

    private func save() async {
        let store = self.store
        do {
            try await blockingWork("knowledge.vectors") { try store.saveVectors() }
        } catch {
            self.logger.warning("vectors not saved; the next start makes them anew", metadata: ["error": .string("\(error)")])
        }
    }
}
