import Hummingbird
import ServiceRuntime

/// An interface nothing is configured for: reads answer an empty list that says so, writes are refused with the setting to make.
struct UnconfiguredController: Sendable {
    /// As in `/v1/<interface>`: `o1`, `o2`, `e2`.
    let interface: String
    /// Resources below the interface.
    let resources: [RouterPath]
    /// The setting that would configure it.
    let setting: String

    private struct Empty: Encodable {
        let items: [String] = []
        let configured = false
        let detail: String
    }

    /// Mounted at `/v1/<interface>`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        for resource in self.resources {
            routes.get(resource) { _, _ in Response.json(Empty(detail: "No \(self.interface.uppercased()) peer is configured; \(self.setting) names them.")) }
            for method in [HTTPRequest.Method.post, .put, .patch, .delete] {
                routes.on(resource, method: method) { _, _ -> Response in
                    throw ProblemError(
                        .notImplemented, code: "\(self.interface)_not_configured",
                        detail: "Nothing can be changed over \(self.interface.uppercased()): set \(self.setting) on oran-adaptor."
                    )
                }
            }
        }
        return routes
    }

    static let o1 = UnconfiguredController(interface: "o1", resources: ["elements", "elements/**"], setting: "O1_ELEMENTS")
    static let o2 = UnconfiguredController(interface: "o2", resources: ["**"], setting: "O2_URL")
    static let e2 = UnconfiguredController(interface: "e2", resources: ["nodes", "nodes/**", "node-sets/**"], setting: "E2_MANAGER_URL")
}
