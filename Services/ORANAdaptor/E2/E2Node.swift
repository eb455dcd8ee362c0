/// A node as the E2 manager of the near-RT RIC knows it.
struct E2Node: Sendable, Equatable, Codable {
    struct GlobalID: Sendable, Equatable, Codable {
        var plmnId: String?
        var nbId: String?
    }

    /// A RAN function that the node offers, E2AP §9.2.
    struct Function: Sendable, Equatable, Codable {
        var ranFunctionId: Int?
        var ranFunctionRevision: Int?
        var ranFunctionOid: String?
    }

    let name: String
    /// `CONNECTED`, `CONNECTING`, `DISCONNECTED`, `SHUT_DOWN` …, as the manager says it.
    let connectionStatus: String
    var globalNbId: GlobalID?
    /// Only when one node is asked for.
    var nodeType: String?
    var address: String?
    var port: Int?
    var ranFunctions: [Function]?

    var isConnected: Bool { self.connectionStatus == "CONNECTED" }
}
