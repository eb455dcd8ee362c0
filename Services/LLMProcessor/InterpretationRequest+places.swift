import IntentLanguage
import IntentModel

extension InterpretationRequest {
    /// What is wrong with the places that the request names, as `POST /v1/intents` would say it; empty when nothing is.
    var placeFaults: [Problem.Item] {
        var faults: [Problem.Item] = []
        for (member, place) in [("namespace", self.namespace), ("cluster", self.cluster)] {
            guard let place, !Self.isLabel(place) else { continue }
            faults.append(
                Problem.Item(
                    pointer: "/\(member)",
                    detail: "must be a DNS label: lower-case letters, digits and '-', 1…63 characters, starting and ending with a letter or digit"))
        }
        return faults
    }

    /// RFC 1123 label.
    private static func isLabel(_ text: String) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(text.utf8.count), text.utf8.first != hyphen, text.utf8.last != hyphen else { return false }
        return text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == hyphen
        }
    }
}
