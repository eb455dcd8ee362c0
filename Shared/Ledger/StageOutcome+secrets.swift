import IntentModel
import Telemetry

extension StageOutcome {
    /// What goes into records and letters without secrets that this process holds: an error of a peer may quote whatever it was shown.
    var withoutSecrets: StageOutcome {
        func hidden(_ text: String) -> String { KnownSecrets.shared.hidden(in: text) }
        switch self {
        case .step(var step):
            step.detail = step.detail.map(hidden)
            if let outcome = step.outcome { step.outcome?.detail = hidden(outcome.detail) }
            if let reason = step.ending?.reason { step.ending?.reason = hidden(reason) }
            for (index, field) in step.fields.enumerated() where field.field == .problem {
                step.fields[index].json = Array(hidden(String(decoding: field.json, as: UTF8.self)).utf8)
            }
            return .step(step)
        case .retry(let reason, let after): return .retry(reason: hidden(reason), after: after)
        case .fail(var problem):
            problem.detail = hidden(problem.detail)
            return .fail(problem)
        case .dead(let reason): return .dead(reason: hidden(reason))
        case .wait, .later, .done, .archived: return self
        }
    }
}
