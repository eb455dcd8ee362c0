import ServiceClient

/// The E2 manager of the O-RAN SC near-RT RIC: `/v1/nodeb`.
struct E2Manager: Sendable {
    let client: ServiceClient

    private struct State: Decodable {
        var inventoryName: String
        var globalNbId: E2Node.GlobalID?
        var connectionStatus: String?
    }

    private struct Details: Decodable {
        struct GNB: Decodable { var ranFunctions: [E2Node.Function]? }
        var ranName: String
        var ip: String?
        var port: Int?
        var connectionStatus: String?
        var globalNbId: E2Node.GlobalID?
        var nodeType: String?
        var gnb: GNB?
    }

    /// The first of its states: protobuf's JSON, which its answers are, leaves members with such a value out.
    private static let unknown = "UNKNOWN_CONNECTION_STATUS"

    /// All nodes, by name.
    func nodes() async throws(ServiceCallError) -> [E2Node] {
        // A manager without a node answers null.
        let states = try await self.client.read([State]?.self, "/v1/nodeb/states") ?? nil
        return (states ?? []).map { E2Node(name: $0.inventoryName, connectionStatus: $0.connectionStatus ?? Self.unknown, globalNbId: $0.globalNbId) }.sorted {
            $0.name < $1.name
        }
    }

    /// Nil for a node that it does not know.
    func node(_ name: String) async throws(ServiceCallError) -> E2Node? {
        guard let details = try await self.client.read(Details.self, "/v1/nodeb/\(A1Transport.segment(name))") else { return nil }
        return E2Node(
            name: details.ranName, connectionStatus: details.connectionStatus ?? Self.unknown, globalNbId: details.globalNbId, nodeType: details.nodeType,
            address: details.ip,
            port: details.port, ranFunctions: details.gnb?.ranFunctions)
    }
}
