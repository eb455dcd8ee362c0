import IntentModel

/// Whether words and numbers occur in a sentence: what a model says and this cannot find was not said.
struct TextGrounds: Sendable {
    private let words: String
    private let numbers: [Double]

    /// What units and their prefixes multiply by; a number is found in whatever unit it was written.
    private static let factors: [Double] = [
        1, 1_000, 0.001, 1_000_000, 0.000_001, 1_024, 1 / 1_024, 1_048_576, 60, 3_600, 86_400, 60_000, 3_600_000, 100, 0.01, 1 / 60,
    ]

    /// `known` are readings trusted already: a number in words is found through them.
    init(_ text: String, known: [Expectation] = []) {
        self.words = " \(TextGrounds.folded(text)) "
        var numbers = TextGrounds.numbers(in: text)
        for target in known.flatMap(\.targets) {
            switch target.value {
            case .number(let value): numbers.append(value)
            case .range(let low, let high): numbers += [low, high]
            case .boolean, .text: break
            }
        }
        self.numbers = numbers
    }

    /// Case, punctuation and kinds of separators do not matter; word boundaries do.
    func hold(_ phrase: String?) -> Bool {
        guard let phrase else { return false }
        let folded = TextGrounds.folded(phrase)
        return !folded.isEmpty && self.words.contains(" \(folded) ")
    }

    func hold(_ value: TargetValue) -> Bool {
        switch value {
        case .number(let number): self.hold(number)
        case .range(let low, let high): self.hold(low) && self.hold(high)
        case .text(let text): self.hold(text)
        // True and false are readings of words, which the evidence must hold.
        case .boolean: true
        }
    }

    func hold(_ number: Double) -> Bool {
        self.numbers.contains { said in
            TextGrounds.factors.contains { abs(said * $0 - number) <= 1e-9 * max(1, abs(number)) }
        }
    }

    private static func folded(_ text: String) -> String {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }

    private static func numbers(in text: String) -> [Double] {
        var numbers: [Double] = []
        var digits = ""
        func close(_ digits: String) {
            // "1,000" and "1.5", never both.
            var trimmed = Substring(digits)
            while let last = trimmed.last, last == "," || last == "." { trimmed.removeLast() }
            if let value = Double(trimmed.filter { $0 != "," }) { numbers.append(value) }
            for part in trimmed.split(separator: ",") where trimmed.contains(",") { if let value = Double(part) { numbers.append(value) } }
        }
        for character in text {
            if character.isASCII, character.isNumber || (!digits.isEmpty && (character == "." || character == ",")) {
                digits.append(character)
            } else if !digits.isEmpty {
                close(digits)
                digits = ""
            }
        }
        if !digits.isEmpty { close(digits) }
        return numbers
    }
}
