import Kubernetes
import Logging
import JSONSchema
import ServiceClient

/// Keeps the objects of the radio network as oran-adaptor and the repository have it. Writes what changed, and everything now and then:
/// somebody may have changed an object behind our back.
struct RANProjection: Sendable {
    struct Configuration: Sendable {
        /// Of the objects.
        var namespace: String
        var interval: Duration = .seconds(15)
        /// Passes between two writings of everything.
        var passes = 40
    }

    let client: KubernetesClient
    let repositories: DeploymentRepositories
    let adaptor: ServiceClient
    let nodeSets: E2NodeSets
    let configuration: Configuration
    /// False as soon as another instance may lead.
    let mayAct: @Sendable () -> Bool
    private let logger = Logger(label: "ran-projection")

    private struct Elements: Decodable {
        var items: [RANObjects.Element]?
        var configured: Bool
    }

    private struct Written: Hashable {
        let kind: ResourceKind
        let name: String
    }

    init(
        client: KubernetesClient, repositories: DeploymentRepositories, adaptor: ServiceClient, configuration: Configuration,
        mayAct: @escaping @Sendable () -> Bool
    ) {
        self.client = client
        self.repositories = repositories
        self.adaptor = adaptor
        self.nodeSets = E2NodeSets(client: adaptor)
        self.configuration = configuration
        self.mayAct = mayAct
    }

    func run() async {
        var written: [Written: JSONValue] = [:]
        var pass = 0
        while !Task.isCancelled {
            let isFull = pass % self.configuration.passes == 0
            if isFull { written = [:] }
            pass += 1
            do {
                try await self.write(try await self.read(), isFull: isFull, over: &written)
            } catch let error as KubernetesError where error.isNotFound {
                // Installed without these kinds.
                written = [:]
            } catch {
                self.logger.info("not projected", metadata: ["reason": "\(error)"])
            }
            try? await Task.sleep(for: self.configuration.interval)
        }
    }

    /// The radio network as it is now. What does not answer leaves its objects as they are: nothing of it is returned.
    private func read() async throws -> (objects: RANObjects, isComplete: Set<ResourceKind>) {
        var objects = RANObjects(namespace: self.configuration.namespace)
        var complete: Set<ResourceKind> = []
        if let elements = try? await self.adaptor.get(Elements.self, "/v1/o1/elements") {
            objects.elements = elements.configured ? elements.items ?? [] : []
            complete.insert(.managedElement)
        }
        let items = try await self.repositories.items(function: E2NodeSets.function)
        do throws(ServiceCallError) {
            for item in items {
                // Of two with one name the manager does not tell whose its nodes are.
                let isAlone = items.count { $0.instance == item.instance } == 1
                objects.nodeSets.append(RANObjects.NodeSet(item: item, state: isAlone ? try await self.nodeSets.state(of: item.instance) : nil))
            }
            complete.insert(.e2NodeSet)
        } catch {
            self.logger.info("E2 node sets were not read", metadata: ["reason": "\(error)"])
        }
        return (objects, complete)
    }

    private func write(
        _ reading: (objects: RANObjects, isComplete: Set<ResourceKind>), isFull: Bool, over written: inout [Written: JSONValue]
    ) async throws {
        let wanted = reading.objects.all.filter { reading.isComplete.contains($0.kind) }
        for (kind, object, status) in wanted {
            let (key, content): (Written, JSONValue) = (Written(kind: kind, name: object.name), ["spec": object.spec, "status": status])
            guard written[key] != content else { continue }
            guard self.mayAct(), !Task.isCancelled else { return }
            if let refusal = try await self.refusal(of: kind, object, status) {
                // What the server refuses of one is no reason to leave out the others.
                self.logger.warning("an object was not projected", metadata: ["object": "\(kind.kind) \(object.name)", "reason": "\(refusal)"])
            } else {
                written[key] = content
            }
        }
        for kind in reading.isComplete {
            let names = Set(wanted.filter { $0.kind == kind }.map(\.object.name))
            let hasGone = written.keys.contains { $0.kind == kind && !names.contains($0.name) }
            if isFull || hasGone { try await self.sweep(kind, keeping: names, &written) }
        }
    }

    /// Why the server does not take it; nil when it has it.
    private func refusal(of kind: ResourceKind, _ object: KubernetesObject, _ status: JSONValue) async throws -> KubernetesError? {
        do throws(KubernetesError) {
            _ = try await self.client.apply(kind, object, force: true)
            let itsStatus = KubernetesObject(kind, namespace: object.namespace, name: object.name, ["status": status])
            _ = try await self.client.apply(kind, itsStatus, subresource: "status", force: true)
            return nil
        } catch {
            guard !error.isNotFound else { throw error }
            return error
        }
    }

    /// What is no more goes.
    private func sweep(_ kind: ResourceKind, keeping names: Set<String>, _ written: inout [Written: JSONValue]) async throws {
        let selection = ObjectSelection(kind, namespace: self.configuration.namespace, labels: RANObjects.selector)
        for object in try await self.client.list(selection) where !names.contains(object.name) {
            guard self.mayAct(), !Task.isCancelled else { return }
            _ = try await self.client.delete(kind, object.key, uid: object.uid)
            written[Written(kind: kind, name: object.name)] = nil
        }
    }
}
