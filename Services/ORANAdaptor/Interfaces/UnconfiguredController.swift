import HTTPTypes
import Hummingbird
import ServiceRuntime

/// An interface nothing is configured for, with the routes it has otherwise: reads answer an empty list that says so, changes are refused with the
/// setting to make.
struct UnconfiguredController: Sendable {
    /// As in `/v1/<interface>`: `o1`, `o2`, `e2`.
    let interface: String
    /// The setting that would configure it.
    let setting: String
    /// Below the interface.
    let reads: [RouterPath]
    var changes: [(method: HTTPRequest.Method, path: RouterPath)] = []

    private struct Empty: Encodable {
        let items: [String] = []
        let configured = false
        let detail: String
    }

    /// Mounted at `/v1/<interface>`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        for path in self.reads {
            routes.get(path) { _, _ in Response.json(Empty(detail: "No \(self.interface.uppercased()) peer is configured; \(self.setting) names them.")) }
        }
        for (method, path) in self.changes {
            routes.on(path, method: method) { _, _ -> Response in
                throw ProblemError(
                    .notImplemented, code: "\(self.interface)_not_configured",
                    detail: "Nothing can be changed over \(self.interface.uppercased()): set \(self.setting) on oran-adaptor."
                )
            }
        }
        return routes
    }

    static let o1 = UnconfiguredController(
        interface: "o1", setting: "O1_ELEMENTS",
        reads: ["elements", "elements/:element", "elements/:element/objects/:class", "elements/:element/rrm-policies"],
        changes: [(.put, "elements/:element/rrm-policies/:id"), (.delete, "elements/:element/rrm-policies/:id")])
    static let o2 = UnconfiguredController(
        interface: "o2", setting: "O2_URL",
        reads: [
            "resource-pools", "resource-types", "deployment-managers", "subscriptions", "resource-pools/:pool/resources", "clusters",
            "clusters/:cluster/kubeconfig", "alarms",
            "provisioning-requests/:id",
        ],
        changes: [
            (.patch, "alarms/:id"), (.post, "subscriptions"), (.delete, "subscriptions/:id"), (.put, "provisioning-requests/:id"),
            (.delete, "provisioning-requests/:id"),
        ])
    static let e2 = UnconfiguredController(interface: "e2", setting: "E2_MANAGER_URL", reads: ["nodes", "nodes/:node", "node-sets/:set"])
}
