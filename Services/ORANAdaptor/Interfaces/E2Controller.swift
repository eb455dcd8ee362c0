import Hummingbird
import ServiceClient
import ServiceRuntime

/// `/v1/e2`: the nodes of the E2 manager, and how many of a set are connected.
struct E2Controller: Sendable {
    let manager: E2Manager

    private struct Nodes: Encodable {
        let items: [E2Node]
        let configured = true
    }

    /// An `E2NodeSet`, whose nodes are called as it is, with their number after it.
    private struct NodeSet: Encodable {
        let name: String
        let nodes: Int
        let connected: Int
        /// Names of those that are not.
        let missing: [String]
    }

    /// Mounted at `/v1/e2`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("nodes") { _, _ in Response.json(Nodes(items: try await PeerProblem.mapped("e2") { try await self.manager.nodes() })) }
        routes.get("nodes/:node") { _, context in
            let name = try context.parameters.require("node")
            guard let node = try await PeerProblem.mapped("e2", { try await self.manager.node(name) }) else {
                throw ProblemError(.notFound, code: "e2_node_not_found", detail: "The E2 manager knows no node '\(name)'.")
            }
            return Response.json(node)
        }
        routes.get("node-sets/:set") { _, context in
            let name = try context.parameters.require("set")
            let nodes = try await PeerProblem.mapped("e2") { try await self.manager.nodes() }.filter { Self.isOne($0.name, of: name) }
            return Response.json(
                NodeSet(name: name, nodes: nodes.count, connected: nodes.count { $0.isConnected }, missing: nodes.filter { !$0.isConnected }.map(\.name)))
        }
        return routes
    }

    /// `e2sim-0` is one of `e2sim`, and `e2sim-lab-0` is not: that is one of `e2sim-lab`.
    private static func isOne(_ node: String, of set: String) -> Bool {
        if node == set { return true }
        guard node.hasPrefix("\(set)-") else { return false }
        let ordinal = node.dropFirst(set.count + 1)
        return !ordinal.isEmpty && ordinal.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
