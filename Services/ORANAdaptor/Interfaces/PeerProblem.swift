import HTTPTypes
import IntentModel
import ServiceClient
import ServiceRuntime

/// Calls of peers over O2 and E2: counted, and their failures as our own caller sees them.
enum PeerProblem {
    static func mapped<Value>(_ interface: String, _ call: () async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        let metrics = interface == "o2" ? InterfaceMetrics.o2 : .e2
        do {
            let value = try await call()
            metrics.record(nil, took: start.duration(to: .now))
            return value
        } catch let error as ServiceCallError {
            let problem = self.problem(interface, error)
            metrics.record(String(problem.problem.code.dropFirst(interface.count + 1)), took: start.duration(to: .now))
            throw problem
        }
    }

    static let outcomes = ["rejected", "busy", "unreachable", "nonconforming"]

    private static func problem(_ interface: String, _ error: ServiceCallError) -> ProblemError {
        let (status, kind): (HTTPResponse.Status, String) =
            switch error {
            case .refused(_, let problem): (problem.status == 404 ? .notFound : problem.status == 409 ? .conflict : .unprocessableContent, "rejected")
            case .failed(_, 503, _), .open, .busy: (.serviceUnavailable, "busy")
            case .failed, .unreachable, .timedOut, .cancelled: (.gatewayTimeout, "unreachable")
            case .nonsense: (.badGateway, "nonconforming")
            }
        return ProblemError(status, code: "\(interface)_\(kind)", detail: "\(error).", headers: status == .serviceUnavailable ? [.retryAfter: "1"] : [:])
    }
}
