package import IntentModel

/// What came of planning an interpretation.
package enum PlanOutcome: Sendable, Equatable {
    /// The plan, and of each package it creates or updates the complete new files, by package path.
    case plan(Plan, files: [String: [PackageFile]])
    case clarify([Clarification])
    case refuse(Problem)
}

/// Why the planning of one expectation ends early.
enum PlanningStop: Error {
    case ask([Clarification])
    case refuse(Problem)
    /// Something new could go to one of several clusters: the question, where they do not tell.
    case choose([String], Clarification)
    /// What it asks for is so already; why, for people.
    case holds(String)

    static func ask(_ expectation: Expectation, _ field: String, _ question: String, options: [String] = []) -> PlanningStop {
        .ask([Clarification(expectation: expectation.id, field: field, question: question, options: options)])
    }
}
