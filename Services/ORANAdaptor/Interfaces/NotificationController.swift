import Hummingbird
import JSONSchema
import ServiceRuntime

/// Call-backs of RICs about a policy's status, A1AP §5.2.4.4.5. The address is the proof of whom it is from; a wrong one is not there.
struct NotificationController: Sendable {
    let address: NotificationAddress
    let statuses: StatusBoard
    /// Nil tells no intent of it.
    var fulfilment: PolicyFulfilment?
    private static let maxBytes = 64 << 10

    /// Mounted at `/v1/a1/notifications`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.post(":ric/:policyType/:policyId/:tag") { request, context in
            let (ric, type) = (try context.parameters.require("ric"), try context.parameters.require("policyType"))
            let policy = try context.parameters.require("policyId")
            guard self.address.accepts(try context.parameters.require("tag"), ric: ric, type: type, policy: policy) else {
                throw ProblemError(.notFound, code: "notification_unknown", detail: "No RIC was given this address.")
            }
            let body = try await request.body.collect(upTo: Self.maxBytes)
            guard let value = try? JSONValue(parsing: Array(buffer: body)) else {
                throw ProblemError(.badRequest, code: "notification_not_json", detail: "A policy status object is expected.")
            }
            let status = PolicyStatus(value)
            if status.enforcement != .undefined {
                let key = StatusBoard.Key(ric: ric, type: type, policy: policy)
                self.statuses.record(status, for: key)
                try await self.fulfilment?.heed(status, of: key)
            }
            return Response(status: .noContent)
        }
        return routes
    }
}
