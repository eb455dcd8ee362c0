import JSONSchema
import Kubernetes
import ServiceLifecycle
import Synchronization

/// Notices when something of a package changes in a cluster, so that nobody has to ask for what has not. A number a package is all it keeps.
final class ClusterChanges: Service, Sendable {
    /// Label of everything that is rendered here.
    static let selector = "app.kubernetes.io/managed-by=nephoran"

    private struct State {
        var counts: [ObjectKey: Int] = [:]
        var synced: Set<ResourceKind> = []
        /// Raised by every list: what came and went before it is not known one by one.
        var lists = 0
    }

    private let client: KubernetesClient
    private let kinds: [ResourceKind] = [.deployment, .statefulSet, .daemonSet, .functionDeployment, .pod]
    private let state = Mutex(State())

    init(_ client: KubernetesClient) { self.client = client }

    func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for kind in self.kinds { group.addTask { await self.follow(kind) } }
            }
        }
    }

    private func follow(_ kind: ResourceKind) async {
        await ObjectWatch(self.client, ObjectSelection(kind, labels: Self.selector)).follow { notice in
            switch notice {
            case .began:
                self.state.withLock { state in
                    state.lists += 1
                    // Every stamp is another one now; those that were there are kept no longer.
                    state.counts = [:]
                }
            case .page: break
            case .synced: self.state.withLock { _ = $0.synced.insert(kind) }
            case .changed(let object), .deleted(let object): self.count(object)
            }
        }
    }

    private func count(_ object: KubernetesObject) {
        guard let instance = object.labels["app.kubernetes.io/instance"] else { return }
        self.state.withLock { $0.counts[ObjectKey(namespace: object.namespace, name: instance), default: 0] += 1 }
    }

    /// Another number when something of the package may have changed; nil while that is not known.
    func stamp(namespace: String, instance: String) -> Int? {
        self.state.withLock { state in
            guard state.synced.isSuperset(of: [.deployment, .statefulSet, .daemonSet, .pod]) else { return nil }
            return state.lists << 32 + (state.counts[ObjectKey(namespace: namespace, name: instance)] ?? 0)
        }
    }
}
