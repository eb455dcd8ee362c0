import IntentLanguage
import IntentModel

extension InterpretationRequest {
    /// What is wrong with the places that the request names, as `POST /v1/intents` would say it; empty when nothing is.
    var placeFaults: [Problem.Item] {
        var faults: [Problem.Item] = []
        for (member, place) in [("namespace", self.namespace), ("cluster", self.cluster)] {
            guard let place, !place.isDNSLabel else { continue }
            faults.append(
                Problem.Item(
                    pointer: "/\(member)",
                    detail: "must be a DNS label: lower-case letters, digits and '-', 1…63 characters, starting and ending with a letter or digit"))
        }
        return faults
    }
}
