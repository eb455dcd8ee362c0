import IntentModel
import JSONSchema
import Ledger
import Logging
import RedisClient
import ServiceClient
import Synchronization

/// The clusters of the O-Cloud as they were read last: kept in memory for whoever plans, and beside the ledger (`{ran}:o2:inventory`), so that
/// another instance, and this one after a restart, knows them while the O-Cloud does not answer.
final class CloudInventory: Sendable {
    struct Reading: Sendable, Equatable, Codable {
        var clusters: [CloudCluster]
        /// Unix milliseconds.
        var readAt: Int64
    }

    struct Status: Sendable {
        /// Nil before anything was ever read.
        var reading: Reading?
        /// Why the last attempt failed; nil when it did not.
        var failure: String?
    }

    static let key = "{ran}:o2:inventory"
    let source: InfrastructureInventory
    /// How often it is read; what is three times as old is stale.
    let interval: Duration
    private let redis: RedisClient
    private let logger: Logger
    private let state = Mutex(Status())

    init(_ source: InfrastructureInventory, interval: Duration, redis: RedisClient, logger: Logger) {
        self.source = source
        self.interval = interval
        self.redis = redis
        self.logger = logger
    }

    var status: Status { self.state.withLock { $0 } }

    func isStale(_ reading: Reading, at now: Int64 = Timestamp.now()) -> Bool { .milliseconds(now - reading.readAt) > self.interval * 3 }

    /// What was read before this process began.
    func recall() async {
        guard let reply = try? await self.redis.send(RedisCommand("GET", Self.key)), let bytes = reply.bytes,
            let reading = try? LedgerJSON.decode(Reading.self, bytes)
        else { return }
        self.state.withLock { if $0.reading.map({ $0.readAt < reading.readAt }) ?? true { $0.reading = reading } }
    }

    /// Reads it anew. A failure leaves what was known, and is told with it.
    func look() async {
        do {
            let clusters = try await PeerProblem.mapped("o2") { try await self.read() }
            let reading = Reading(clusters: clusters, readAt: Timestamp.now())
            self.state.withLock { $0 = Status(reading: reading) }
            guard let bytes = try? LedgerJSON.encode(reading) else { return }
            // The memory of this process is enough until the ledger is back.
            _ = try? await self.redis.send(RedisCommand("SET", Self.key, bytes))
        } catch {
            self.logger.info("the O-Cloud's inventory was not read", metadata: ["reason": "\(error)"])
            self.state.withLock { $0.failure = "\(error)" }
        }
    }

    private func read() async throws(ServiceCallError) -> [CloudCluster] {
        var clusters = try await self.source.list("deploymentManagers").compactMap(CloudCluster.init)
        guard !clusters.isEmpty else {
            // An O-Cloud that is being replaced has nothing for a while.
            if self.status.reading?.clusters.isEmpty == false { throw .nonsense(self.source.client.name, "it names no deployment managers any more") }
            return []
        }
        let places = CloudPlaces(
            locations: try await self.source.list("locations"), sites: try await self.source.list("oCloudSites"),
            pools: try await self.source.list("resourcePools"))
        let isSilent = clusters.contains { $0.capacity.isEmpty && $0.nodes.isEmpty }
        let capacities = isSilent ? try await self.source.nodeClusters() : [:]
        for index in clusters.indices {
            clusters[index].places = places.names(at: clusters[index].places)
            if clusters[index].capacity.isEmpty, clusters[index].nodes.isEmpty, let capacity = capacities[clusters[index].name] {
                clusters[index].take(ClusterCapacity(capacity))
            }
        }
        return clusters.sorted { ($0.name, $0.deploymentManagerId) < ($1.name, $1.deploymentManagerId) }
    }
}
