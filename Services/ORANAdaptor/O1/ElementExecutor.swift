package import IntentModel
import JSONSchema

/// Brings managed elements to the objects of a plan. Each change is compared before it is made, so a repeat is a no-op; elements are worked on side
/// by side, the changes of one after the other.
package struct ElementExecutor: Sendable {
    private let configuration: ElementConfiguration?
    private static let side = 64

    package init(_ configuration: ElementConfiguration?) { self.configuration = configuration }

    package func apply(_ changes: [PolicyChange]) async -> PolicyOutcome {
        let byElement = Dictionary(grouping: changes.indices) { changes[$0].ric ?? "" }.sorted { $0.key < $1.key }
        return await withTaskGroup(of: [(Int, Result<AppliedPolicy, O1Error>)].self) { group in
            var results: [(Int, Result<AppliedPolicy, O1Error>)] = []
            for (started, (name, indices)) in byElement.enumerated() {
                if started >= Self.side, let more = await group.next() { results += more }
                group.addTask {
                    var results: [(Int, Result<AppliedPolicy, O1Error>)] = []
                    for index in indices { results.append((index, await self.apply(changes[index], at: name))) }
                    return results
                }
            }
            for await more in group { results += more }
            return Self.outcome(of: results.sorted { $0.0 < $1.0 }.map(\.1))
        }
    }

    private static func outcome(of results: [Result<AppliedPolicy, O1Error>]) -> PolicyOutcome {
        var (applied, errors): ([AppliedPolicy], [O1Error]) = ([], [])
        for result in results {
            switch result {
            case .success(let policy): applied.append(policy)
            case .failure(let error): errors.append(error)
            }
        }
        if let final = errors.first(where: { !$0.mayRetry }) {
            var problem = final.problem
            if !applied.isEmpty { problem.detail += ". \(applied.count) of \(results.count) changes took effect." }
            return .failed(problem)
        }
        guard errors.isEmpty else {
            return .retry(reason: errors.prefix(8).map(\.description).joined(separator: "; "), after: errors.compactMap(\.retryAfter).max())
        }
        return .applied(applied)
    }

    private func apply(_ change: PolicyChange, at name: String) async -> Result<AppliedPolicy, O1Error> {
        var applied = AppliedPolicy(policyId: change.policyId, policyType: change.policyType, ric: name, change: .none)
        do throws(O1Error) {
            guard let configuration, let client = configuration.element(named: name) else {
                throw O1Error(.notFound, element: name, detail: "no element of that name is configured; O1_ELEMENTS names them")
            }
            if change.policyType != RRMPolicyRatio.className {
                applied.change = try await self.configure(change, configuration, client) ? .put : .none
            } else if change.change == .delete {
                if try await configuration.removeRRMPolicy(change.policyId, on: client) { applied.change = .delete }
                return .success(applied)
            } else {
                applied.change = try await self.share(change, configuration, client) ? .put : .none
            }
            // It has been read back from the running configuration.
            applied.enforceStatus = PolicyStatus.Enforcement.enforced.rawValue
            return .success(applied)
        } catch {
            return .failure(error)
        }
    }

    /// A plan says the whole object, and an undone one is as it was.
    private func share(_ change: PolicyChange, _ configuration: ElementConfiguration, _ client: ElementClient) async throws(O1Error) -> Bool {
        let policy: RRMPolicyRatio
        do throws(RRMPolicyRatio.Invalid) {
            policy = try RRMPolicyRatio(id: change.policyId, document: change.document)
        } catch {
            throw O1Error(.rejected, element: client.element.name, detail: "\(change.policyId) is no RRMPolicyRatio: \(error)")
        }
        return try await configuration.put(policy, exactly: true, on: client).changed
    }

    /// Attributes of an object that the element has.
    private func configure(_ change: PolicyChange, _ configuration: ElementConfiguration, _ client: ElementClient) async throws(O1Error) -> Bool {
        let element = client.element.name
        guard let managedClass = configuration.classes[change.policyType], change.change == .put else {
            throw O1Error(.rejected, element: element, detail: "\(change.policyType) is no class whose objects are configured so")
        }
        let edit: AttributeEdit
        do throws(AttributeEdit.Invalid) {
            edit = try AttributeEdit(managedClass, name: change.policyId, document: change.document)
        } catch {
            throw O1Error(.rejected, element: element, detail: "\(change.policyId): \(error)")
        }
        return try await configuration.make(edit, on: client).changed
    }
}
