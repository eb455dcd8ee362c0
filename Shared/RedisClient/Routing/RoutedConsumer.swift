import Synchronization

/// A connection of its own that follows the key of its commands: where that moves to another server, it connects there.
final class RoutedConsumer: Sendable {
    private let router: Router
    private let label: String
    private let seat = Mutex<(node: RedisNode, consumer: NodeConsumer)?>(nil)

    init(_ router: Router, label: String) {
        self.router = router
        self.label = label
    }

    func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisValue {
        try await self.router.deliver(command, until: self.router.deadline(after: timeout), isCancellable: true) { (node, asking) async throws(RedisError) in
            // Sent away after it has blocked for a while, it blocks again as long.
            try await self.consumer(on: node).exchange(command, asking: asking, deadline: self.router.deadline(after: timeout))
        }
    }

    private func consumer(on node: RedisNode) -> NodeConsumer {
        self.seat.withLock { seat in
            if let seat, seat.node === node { return seat.consumer }
            let consumer = node.consumer(label: self.label)
            seat = (node, consumer)
            return consumer
        }
    }
}
