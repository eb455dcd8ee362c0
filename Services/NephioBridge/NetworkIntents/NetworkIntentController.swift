import IntentModel
import Kubernetes
import Ledger
import Logging
import Resilience
import ServiceLifecycle

/// Follows all `NetworkIntent`s, and the events of the intents that came of them, as long as this instance leads.
final class NetworkIntentController: Service, Sendable {
    struct Configuration: Sendable {
        /// Nil for all namespaces.
        var namespace: String?
        var lease: LeaderElection.Configuration
        /// Objects looked at at the same time.
        var workers = 8
        /// Everything is looked at again after this, whatever was heard.
        var resync: Duration = .seconds(600)
    }

    private let client: KubernetesClient
    private let gateways: NamespaceGateways
    private let ledger: Ledger
    private let feed: EventFeed
    private let configuration: Configuration
    private let election: LeaderElection
    /// The radio network as objects, kept by who leads; nil for none.
    private let projection: (@Sendable (_ mayAct: @escaping @Sendable () -> Bool) -> RANProjection)?
    private let logger = Logger(label: "network-intents")

    init(
        client: KubernetesClient, gateways: NamespaceGateways, ledger: Ledger, feed: EventFeed, configuration: Configuration,
        projection: (@Sendable (_ mayAct: @escaping @Sendable () -> Bool) -> RANProjection)? = nil
    ) {
        self.projection = projection
        self.client = client
        self.gateways = gateways
        self.ledger = ledger
        self.feed = feed
        self.configuration = configuration
        self.election = LeaderElection(client, configuration.lease)
    }

    func run() async {
        await cancelWhenGracefulShutdown { await self.election.run { await self.lead() } }
    }

    /// Begins from nothing: what was known belongs to an earlier time.
    private func lead() async {
        let queue = ReconcileQueue()
        let owners = IntentOwners()
        let reconciler = NetworkIntentReconciler(
            client: self.client, gateways: self.gateways, ledger: self.ledger, mayAct: { [election] in election.isLeading },
            follow: { owners.follow($0, $1) }, disown: { owners.disown($0, $1) })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch(queue, owners) }
            group.addTask { await self.listen(queue, owners) }
            if let projection = self.projection?({ [election] in election.isLeading }) { group.addTask { await projection.run() } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: self.configuration.resync)
                    for key in owners.keys { queue.add(key) }
                }
            }
            for _ in 0..<self.configuration.workers { group.addTask { await self.work(queue, reconciler, owners) } }
            await withTaskCancellationHandler {
                await group.waitForAll()
            } onCancel: {
                queue.close()
            }
        }
    }

    private func watch(_ queue: ReconcileQueue, _ owners: IntentOwners) async {
        let selection = ObjectSelection(.networkIntent, namespace: self.configuration.namespace)
        await ObjectWatch(self.client, selection).follow { notice in
            switch notice {
            case .began, .synced: break
            case .page(let objects): for object in objects { self.see(object, queue, owners) }
            case .changed(let object): self.see(object, queue, owners)
            case .deleted(let object): owners.forget(object.key)
            }
        }
    }

    private func see(_ object: KubernetesObject, _ queue: ReconcileQueue, _ owners: IntentOwners) {
        let intent = NetworkIntent(object)
        owners.follow(intent.intents, object.key)
        if !intent.isSettled { queue.add(object.key) }
    }

    /// A feed that ended has missed what came since: everything is looked at again.
    private func listen(_ queue: ReconcileQueue, _ owners: IntentOwners) async {
        while !Task.isCancelled {
            let (events, _) = await self.feed.listenToAll()
            for key in owners.keys { queue.add(key) }
            for await event in events {
                for key in owners[event.id] { queue.add(key) }
            }
            try? await Task.sleep(for: .milliseconds(.random(in: 500...1_500)))
        }
    }

    private func work(_ queue: ReconcileQueue, _ reconciler: NetworkIntentReconciler, _ owners: IntentOwners) async {
        let backoff = Backoff(base: .milliseconds(200), cap: .seconds(60))
        while let key = await queue.take() {
            let outcome = await reconciler.reconcile(key)
            var pause: Duration?
            switch outcome {
            case .done: queue.done(key, failed: false)
            case .gone:
                owners.forget(key)
                queue.done(key, failed: false)
            case .again(let after):
                queue.done(key, failed: false)
                pause = after
            case .failed(let reason):
                let failures = queue.done(key, failed: true)
                pause = backoff.bound(attempt: failures) / 2 + backoff.delay(attempt: failures) / 2
                self.logger.log(
                    level: failures > 3 ? .warning : .info, "not reconciled",
                    metadata: ["networkIntent": "\(key)", "reason": "\(reason)", "failures": "\(failures)"])
            }
            if let pause { queue.add(key, after: pause) }
        }
    }
}
