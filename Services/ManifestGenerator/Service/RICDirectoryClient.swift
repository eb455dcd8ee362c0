import JSONSchema
import PackagePlanning
import ServiceClient
import Synchronization

/// Asks the oran-adaptor over HTTP; the list of RICs is at most `age` old.
final class RICDirectoryClient: RICDirectory {
    private struct RICList: Decodable {
        struct RIC: Decodable {
            var name: String
            var state: String
            var policyTypes: [String]
        }
        var rics: [RIC]
        /// Why there may be others.
        var incomplete: String?
        /// These may be named at any moment.
        var awaited: Bool?
    }

    private struct PolicyList: Decodable {
        struct Item: Decodable {
            var ric: String
            var policyType: String
            var policyId: String
        }
        var items: [Item]
    }

    private struct ElementList: Decodable {
        struct Item: Decodable { var name: String }
        var items: [Item]
    }

    private struct ObjectList: Decodable {
        struct Item: Decodable {
            var id: String
            var attributes: JSONValue
        }
        var items: [Item]
    }

    private struct Policy: Decodable { var document: JSONValue? }

    private let client: ServiceClient
    private let age: Duration
    private let known = Mutex<(rics: [RICInfo], unnamed: String?, at: ContinuousClock.Instant)?>(nil)

    init(client: ServiceClient, age: Duration = .seconds(5)) {
        self.client = client
        self.age = age
    }

    func rics() async throws -> [RICInfo] { try await self.list().rics }

    func unnamed() async throws -> String? { try await self.list().unnamed }

    private func list() async throws -> (rics: [RICInfo], unnamed: String?) {
        if let known = self.known.withLock({ $0 }), known.at.duration(to: .now) < self.age { return (known.rics, known.unnamed) }
        let list = try await self.client.get(RICList.self, "/v1/a1/policy-types")
        let rics = (list?.rics ?? []).map { RICInfo(name: $0.name, available: $0.state == "available", policyTypes: $0.policyTypes) }
        // What is planned for all RICs would be for some, and be done when these have it.
        if let reason = list?.incomplete, list?.awaited == true || rics.isEmpty { throw RICsAwaited(reason: reason) }
        self.known.withLock { $0 = (rics, list?.incomplete, .now) }
        return (rics, list?.incomplete)
    }

    func elements() async throws -> [String] { (try await self.client.get(ElementList.self, "/v1/o1/elements"))?.items.map(\.name) ?? [] }

    func objects(of element: String, class name: String) async throws -> [String: String] {
        // An element's name in the settings is a label, the class one of the table.
        let list = try await self.client.get(ObjectList.self, "/v1/o1/elements/\(element)/objects/\(name)")
        return Dictionary((list?.items ?? []).map { ($0.id, $0.attributes.text) }) { first, _ in first }
    }

    func policies() async throws -> [PolicyReference] {
        let list = try await self.client.get(PolicyList.self, "/v1/a1/policies")
        return (list?.items ?? []).map { PolicyReference(ric: $0.ric, policyType: $0.policyType, policyId: $0.policyId) }
    }

    func document(of policy: PolicyReference) async throws -> String? {
        // All three are our own names: letters, digits, '-', '_' and '.'.
        let path = "/v1/a1/policies/\(policy.ric)/\(policy.policyType)/\(policy.policyId)"
        do {
            return try await self.client.get(Policy.self, path)?.document?.text
        } catch ServiceCallError.failed {
            // The adaptor answers and the RIC does not.
            return nil
        }
    }
}
