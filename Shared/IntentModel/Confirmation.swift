/// What an answer to a question of yes or no says.
package enum Confirmation: Sendable, Equatable {
    case yes, no

    private static let agreeing: Set<String> = [
        "yes", "y", "true", "ok", "okay", "sure", "confirm", "confirmed", "deploy", "deploy it", "do it", "go ahead", "please do", "correct", "right",
    ]
    private static let declining: Set<String> = ["no", "n", "false", "cancel", "stop", "abort", "do not", "don't", "never mind", "nevermind", "wrong"]

    /// Nil for what is neither: then the question stays.
    package init?(_ value: TargetValue) {
        switch value {
        case .boolean(let flag): self = flag ? .yes : .no
        case .text(let text):
            let word = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if Self.agreeing.contains(word) {
                self = .yes
            } else if Self.declining.contains(word) {
                self = .no
            } else {
                return nil
            }
        default: return nil
        }
    }
}
