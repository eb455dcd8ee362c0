package import Hummingbird
import IntentModel

/// What of the requests that are let in is written down: what changes something, and what takes a key away, or all there is.
package enum AuditedAct {
    private static let sensitive = ["/kubeconfig", "/export"]

    package static func contains(_ request: Request, _ context: AppContext) -> Bool {
        switch request.method {
        case .get: context.endpointPath.map { route in self.sensitive.contains { route.hasSuffix($0) } } ?? false
        case .head: false
        default: true
        }
    }

    /// What came of it: it was done, or it failed within and may have taken effect. Who was refused is written down elsewhere.
    package static func counts(_ status: Int) -> Bool { status < 300 || status >= 500 }

    /// The status that an error is answered with.
    package static func status(of error: any Error) -> Int { (error as? ProblemError)?.problem.status ?? (error as? Problem)?.status ?? 500 }
}
