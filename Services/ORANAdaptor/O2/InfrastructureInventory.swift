import JSONSchema
import ServiceClient

/// The O-Cloud's IMS (O-RAN.WG6.O2IMS-INTERFACE): inventory v1, or v2 where only that is served; alarms v1; provisioning v1.
struct InfrastructureInventory: Sendable {
    let client: ServiceClient

    /// What a place offers: `/resourcePools`, `/deploymentManagers`, …, with the standard's own filter, e.g. `(eq,name,pool-1)`.
    func list(_ resource: String, filter: String? = nil) async throws(ServiceCallError) -> [JSONValue] {
        let query = filter.map { "?filter=\(A1Transport.segment($0))" } ?? ""
        for version in ["v1", "v2"] {
            // An empty list is a list; 404 is another version.
            if let items = try await self.client.read(JSONValue.self, "/o2ims-infrastructureInventory/\(version)/\(resource)\(query)") {
                guard let items = items.array else { throw .nonsense(self.client.name, "a list of \(resource) is expected") }
                return items
            }
        }
        // Sites are of later versions of the standard.
        if resource != "deploymentManagers" { return [] }
        throw .nonsense(self.client.name, "neither version of the inventory has \(resource)")
    }

    /// What clusters have by their names, where the O-Cloud has the cluster service (`/o2ims-infrastructureCluster/v1`) too; else empty.
    func nodeClusters() async throws(ServiceCallError) -> [String: JSONValue] {
        let items = try await self.client.read(JSONValue.self, "/o2ims-infrastructureCluster/v1/nodeClusters")?.array ?? []
        var capacities: [String: JSONValue] = [:]
        for item in items { if let name = item["name"]?.string { capacities[name] = item["extensions"] } }
        return capacities
    }

    /// A deployment manager with what its Kubernetes profile says of access; nil when there is none.
    func manager(_ id: String) async throws(ServiceCallError) -> JSONValue? {
        let path = "deploymentManagers/\(A1Transport.segment(id))"
        // Where profiles are chosen, v1; v2 shows the one there is.
        if let manager = try await self.client.read(JSONValue.self, "/o2ims-infrastructureInventory/v1/\(path)?profile=native_k8sapi") { return manager }
        return try await self.client.read(JSONValue.self, "/o2ims-infrastructureInventory/v2/\(path)")
    }

    func alarms(filter: String? = nil) async throws(ServiceCallError) -> [JSONValue] {
        let query = filter.map { "?filter=\(A1Transport.segment($0))" } ?? ""
        guard let items = try await self.client.read(JSONValue.self, "/o2ims-infrastructureMonitoring/v1/alarms\(query)") else { return [] }
        guard let items = items.array else { throw .nonsense(self.client.name, "a list of alarms is expected") }
        return items
    }

    /// Changes an alarm. Said twice it is the same, so it may be repeated.
    ///
    /// - Returns: what of it the O-Cloud has changed; nil when there is no such alarm.
    func change(alarm id: String, _ change: AlarmChange) async throws(ServiceCallError) -> JSONValue? {
        let response = try await self.client.call(
            "PATCH", "/o2ims-infrastructureMonitoring/v1/alarms/\(A1Transport.segment(id))", body: change.document.bytes,
            headers: [("content-type", "application/merge-patch+json")], mayRepeat: true)
        if response.status == 404 { return nil }
        guard (200..<300).contains(response.status) else { throw self.client.peerRefusal(response) }
        // Some answer without a body: then it is what was asked for.
        guard !response.body.isEmpty else { return change.document }
        do { return try JSONValue(parsing: response.body) } catch { throw .nonsense(self.client.name, "\(error)") }
    }

    // MARK: Subscriptions

    func subscribe(_ subscription: JSONValue) async throws(ServiceCallError) -> JSONValue {
        for version in ["v1", "v2"] {
            let response = try await self.client.call(
                "POST", "/o2ims-infrastructureInventory/\(version)/subscriptions", body: subscription.bytes, mayRepeat: false)
            if response.status == 404 { continue }
            guard response.status == 201 || response.status == 200 else { throw self.client.peerRefusal(response) }
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
            guard (200..<300).contains(response.status) else { throw self.client.peerRefusal(response) }
            return true
        }
        return false
    }
}
