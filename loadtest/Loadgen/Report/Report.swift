/// All that is known after a run, as it is written as JSON.
struct Report: Codable, Sendable {
    /// One step of a search for the breaking point.
    struct Step: Codable, Sendable {
        /// Requests a second that were asked for.
        var rate: Double
        var holds: Bool
        var flows: [FlowFigures]
    }

    var name: String
    var about: String
    var target: String
    /// RFC 3339, UTC.
    var started: String
    /// From the first request to the last answer.
    var seconds: Double
    /// Of the load generator over that time, of one core: near 1 for each thread it is the generator that was measured.
    var generatorLoad: Double
    var threads: Int
    var flows: [FlowFigures]
    var judgements: [Expectation.Judgement]
    var steps: [Step]
    /// The highest rate at which everything held; nil when none was looked for, or none held.
    var breakpoint: Double?
    var recommendations: [Recommendation]

    var holds: Bool { self.judgements.allSatisfy(\.holds) }
}

/// What the figures say, and what to do about it.
struct Recommendation: Codable, Sendable, Equatable {
    enum Weight: String, Codable, Sendable { case good, look, act }

    var weight: Weight
    var finding: String
    var advice: String
}
