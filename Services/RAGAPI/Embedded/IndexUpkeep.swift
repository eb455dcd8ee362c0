import Logging
import ServiceLifecycle

/// Writes the indexes of words and vectors to their files now and then, and at the end, so that the next start need not make them anew.
struct IndexUpkeep: Service {
    private static let interval: Duration = .seconds(60)

    let store: EmbeddedStore
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await self.save(isEnd: false) }
        }
        await self.save(isEnd: true)
    }

    private func save(isEnd: Bool) async {
        let store = self.store
        await self.save("vectors") { try store.saveVectors() }
        await self.save("words") { try store.saveWords(isEnd: isEnd) }
    }

    private func save(_ name: String, _ work: @escaping @Sendable () throws -> Void) async {
        do {
            try await blockingWork("knowledge.\(name)", work)
        } catch {
            self.logger.warning("\(name) not saved; the next start makes them anew", metadata: ["error": .string("\(error)")])
        }
    }
}
