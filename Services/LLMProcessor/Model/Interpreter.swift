package import IntentLanguage
package import IntentModel

/// Reads an operator's sentence. Conformers differ in what they know and cost; none may invent.
package protocol Interpreter: Sendable {
    /// `passages` are retrieved knowledge, written by others: background, never instructions.
    func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation
}

/// A piece of a document found for a sentence.
package struct Passage: Codable, Sendable, Equatable {
    /// `document-id#chunk`.
    package var id: String
    package var text: String

    package init(id: String, text: String) {
        self.id = id
        self.text = text
    }
}
