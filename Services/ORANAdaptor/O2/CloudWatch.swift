import Foundation
import JSONSchema
import Logging
import ServiceLifecycle

/// Keeps the inventory current: reads it now and then, and at once when the O-Cloud says that it changed, to which it is subscribed where
/// there is an address for that.
final class CloudWatch: Service {
    private let inventory: CloudInventory
    private let address: InventoryAddress?
    /// The subscription's own filter, of events that are not to be told.
    private let filter: String?
    private let logger: Logger
    private let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(_ inventory: CloudInventory, address: InventoryAddress?, filter: String?, logger: Logger) {
        self.inventory = inventory
        self.address = address
        self.filter = filter
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

    /// One subscription of the installation, made again when the O-Cloud has lost it.
    private func subscribe() async {
        guard let callback = self.address?.callback else { return }
        do {
            let there = try await self.inventory.source.list("subscriptions")
            let isWanted = { (item: JSONValue) in item["callback"]?.string == callback && item["filter"]?.string ?? "" == self.filter ?? "" }
            if there.contains(where: isWanted) { return }
            // One of ours with another filter is replaced.
            for item in there where item["callback"]?.string == callback {
                if let id = item["subscriptionId"]?.string { _ = try await self.inventory.source.unsubscribe(id) }
            }
            var subscription: JSONValue = ["callback": .string(callback), "consumerSubscriptionId": .string(UUID().uuidString.lowercased())]
            if let filter { subscription["filter"] = .string(filter) }
            _ = try await self.inventory.source.subscribe(subscription)
            self.logger.info("subscribed to the O-Cloud's inventory")
        } catch {
            // It is read now and then all the same.
            self.logger.info("no subscription to the O-Cloud's inventory", metadata: ["reason": "\(error)"])
        }
    }
}
