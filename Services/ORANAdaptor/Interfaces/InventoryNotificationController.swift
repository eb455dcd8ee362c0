import Hummingbird
import ServiceRuntime

/// Call-backs of the O-Cloud about changes of its inventory, O2IMS-INTERFACE §3.2. The address is the proof of whom they are from.
struct InventoryNotificationController: Sendable {
    let address: InventoryAddress
    let watch: CloudWatch
    private static let maxBytes = 1 << 20

    /// Mounted at `/v1/o2/notifications`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.post(":tag") { request, context in
            guard self.address.accepts(try context.parameters.require("tag")) else {
                throw ProblemError(.notFound, code: "notification_unknown", detail: "The O-Cloud was not given this address.")
            }
            // Taken off the wire and not looked into: the inventory itself is asked.
            _ = try await request.body.collect(upTo: Self.maxBytes)
            self.watch.noteChange()
            return Response(status: .noContent)
        }
        return routes
    }
}
