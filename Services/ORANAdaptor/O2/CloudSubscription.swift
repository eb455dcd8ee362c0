import Crypto
import Foundation
import JSONSchema

/// The installation's subscription to the O-Cloud's inventory, and which of those that are there are ours: who has our identifier as their
/// consumer, or an address of ours to call back, whatever process of ours made it.
struct CloudSubscription: Sendable {
    let address: InventoryAddress
    /// Of events that are not to be told, as O2 writes it; nil for none.
    let filter: String?

    /// Made of the address at which the O-Cloud reaches us, so that a process that knows nothing of an earlier one has the same: a UUID
    /// of version 8 (RFC 9562, §5.8).
    var consumer: String {
        var bytes = Array(SHA256.hash(data: Data("nephoran o2 inventory \(self.address.base)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { hex[$0].joined() }.joined(separator: "-")
    }

    /// What is asked of the O-Cloud where there is none.
    var request: JSONValue {
        var subscription: JSONValue = ["callback": .string(self.address.callback), "consumerSubscriptionId": .string(self.consumer)]
        if let filter = self.filter { subscription["filter"] = .string(filter) }
        return subscription
    }

    /// Of the O-Cloud's subscriptions the one that does for us, nil for none, and those of ours that do not, by their ids.
    func sort(_ there: [JSONValue]) -> (kept: JSONValue?, others: [String]) {
        let ours = there.filter(self.isOurs).map { (id: $0["subscriptionId"]?.string ?? "", item: $0) }.sorted { $0.id < $1.id }
        // Of several the first, so that all instances choose the same.
        let kept = ours.first { _, item in
            item["filter"]?.string ?? "" == self.filter ?? "" && item["callback"]?.string.map(self.address.mayServe) ?? false
        }
        return (kept?.item, ours.map(\.id).filter { !$0.isEmpty && $0 != kept?.id })
    }

    private func isOurs(_ item: JSONValue) -> Bool {
        // Written in upper case it is the same UUID.
        item["consumerSubscriptionId"]?.string?.lowercased() == self.consumer || item["callback"]?.string?.hasPrefix(self.address.root) == true
    }
}
