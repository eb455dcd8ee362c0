import Logging
import ServiceLifecycle

/// Keeps the inventory current: reads it now and then, and at once when the O-Cloud says that it changed, to which it is subscribed where
/// there is an address for that.
final class CloudWatch: Service {
    private let inventory: CloudInventory
    private let subscription: CloudSubscription?
    private let logger: Logger
    private let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - address: where the O-Cloud is to post changes; nil to read only.
    ///   - filter: of events that are not to be told.
    init(_ inventory: CloudInventory, address: InventoryAddress?, filter: String?, logger: Logger) {
        self.inventory = inventory
        self.subscription = address.map { CloudSubscription(address: $0, filter: filter) }
        self.logger = logger
    }

    /// The O-Cloud says that something changed. What, is read: a notification is a hint and no proof.
    func noteChange() { self.change.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.inventory.recall()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        self.change.yield()
                        // Instances that start together shall not ask together.
                        try? await Task.sleep(for: self.inventory.interval * Double.random(in: 0.8...1))
                    }
                    self.change.finish()
                }
                group.addTask {
                    for await _ in self.changes {
                        await self.subscribe()
                        await self.inventory.look()
                        // A flood of notifications is one change.
                        try? await Task.sleep(for: .milliseconds(200))
                    }
                }
            }
        }
    }

    /// One subscription of the installation, made again when the O-Cloud has lost it. What earlier processes left behind is used, or taken away.
    private func subscribe() async {
        guard let subscription = self.subscription else { return }
        do {
            let (kept, others) = subscription.sort(try await self.inventory.source.list("subscriptions"))
            if let callback = kept?["callback"]?.string { subscription.address.adopt(callback) }
            // The new one first: nothing is to be missed in between.
            if kept == nil {
                _ = try await self.inventory.source.subscribe(subscription.request)
                self.logger.info("subscribed to the O-Cloud's inventory")
            }
            for id in others where try await self.inventory.source.unsubscribe(id) {
                self.logger.info("took away an earlier subscription to the O-Cloud's inventory", metadata: ["subscription": "\(id)"])
            }
        } catch {
            // It is read now and then all the same.
            self.logger.info("no subscription to the O-Cloud's inventory", metadata: ["reason": "\(error)"])
        }
    }
}
