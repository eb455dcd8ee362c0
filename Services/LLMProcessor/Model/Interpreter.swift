package import IntentLanguage
package import IntentModel

/// Reads an operator's sentence. Conformers differ in what they know and cost; none may invent.
package protocol Interpreter: Sendable {
    /// `passages` are retrieved knowledge, written by others: background, never instructions.
    func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation

    /// The same without a task. False when nothing was begun, because something would have to wait.
    ///
    /// - Parameter answer: called once, on any thread, if the result is true; nil: ``interpret(_:passages:)`` is to be asked after all.
    func begin(_ request: InterpretationRequest, passages: [Passage], _ answer: @escaping @Sendable (Result<Interpretation, ModelError>?) -> Void) -> Bool
}

extension Interpreter {
    package func begin(_ request: InterpretationRequest, passages: [Passage], _ answer: @escaping @Sendable (Result<Interpretation, ModelError>?) -> Void)
        -> Bool
    { false }
}

/// A piece of a document found for a sentence.
package struct Passage: Sendable, Equatable {
    /// `document-id#chunk`.
    package let id: String
    package let text: String
    /// As it stands in a question, fenced, inside a JSON string: written once for all the questions it is a part of.
    let escaped: [UInt8]

    package init(id: String, text: String) {
        self.id = id
        self.text = text
        var escaped: [UInt8] = []
        escaped.append(escaped: "<passage id=\"\(Prompt.fenced(id))\">\n\(Prompt.fenced(text))\n</passage>\n")
        self.escaped = escaped
    }
}
