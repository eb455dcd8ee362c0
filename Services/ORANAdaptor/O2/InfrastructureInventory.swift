import JSONSchema
import ServiceClient

/// The O-Cloud's IMS (O-RAN.WG6.O2IMS-INTERFACE): inventory v1, or v2 where only that is served; alarms v1; provisioning v1.
struct InfrastructureInventory: Sendable {
    let client: ServiceClient

    /// What a place offers: `/resourcePools`, `/deploymentManagers`, …, with the standard's own filter, e.g. `(eq,name,pool-1)`.
    func list(_ resource: String, filter: String? = nil) async throws(ServiceCallError) -> [JSONValue] {
        let query = filter.map { "?filter=\(A1Transport.segment($0))" } ?? ""
        for version in ["v1", "v2"] {
            // An empty list is a list; 404 is another version, or nothing of the kind.
            if let items = try await self.client.get(JSONValue.self, "/o2ims-infrastructureInventory/\(version)/\(resource)\(query)") {
                guard let items = items.array else { throw .nonsense(self.client.name, "a list of \(resource) is expected") }
                return items
            }
        }
        return []
    }

    func alarms(filter: String? = nil) async throws(ServiceCallError) -> [JSONValue] {
        let query = filter.map { "?filter=\(A1Transport.segment($0))" } ?? ""
        guard let items = try await self.client.get(JSONValue.self, "/o2ims-infrastructureMonitoring/v1/alarms\(query)") else { return [] }
        guard let items = items.array else { throw .nonsense(self.client.name, "a list of alarms is expected") }
        return items
    }

    // MARK: Subscriptions

    func subscribe(_ subscription: JSONValue) async throws(ServiceCallError) -> JSONValue {
        for version in ["v1", "v2"] {
            let response = try await self.client.call(
                "POST", "/o2ims-infrastructureInventory/\(version)/subscriptions", body: subscription.bytes, mayRepeat: false)
            if response.status == 404 { continue }
            guard response.status == 201 || response.status == 200 else { throw self.client.refusal(response) }
            do { return try JSONValue(parsing: response.body) } catch { throw .nonsense(self.client.name, "\(error)") }
        }
        throw .nonsense(self.client.name, "it takes no subscriptions")
    }

    /// False when there was none.
    func unsubscribe(_ id: String) async throws(ServiceCallError) -> Bool {
        for version in ["v1", "v2"] {
            let response = try await self.client.call(
                "DELETE", "/o2ims-infrastructureInventory/\(version)/subscriptions/\(A1Transport.segment(id))", body: nil, mayRepeat: true)
            if response.status == 404 { continue }
            guard (200..<300).contains(response.status) else { throw self.client.refusal(response) }
            return true
        }
        return false
    }
}
