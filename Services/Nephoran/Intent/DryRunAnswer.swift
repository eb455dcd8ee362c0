import IntentModel

/// Answer of `POST /v1/intents?dryRun=true`.
struct DryRunAnswer: Decodable {
    struct Package: Decodable {
        var path: String
        var files: [PackageFile]
    }

    var interpretation: Interpretation
    var plan: Plan?
    var packages: [Package]
    var conflicts: [Conflict]
    var clarifications: [Clarification]?
    var problem: Problem?

    /// With what the command ends when the intent would not go through by itself.
    var outcome: CommandFailure? {
        if self.interpretation.decision == .refused || self.problem != nil { return CommandFailure(.refused) }
        let asks = !(self.clarifications ?? []).isEmpty || self.interpretation.decision == .needsClarification
        return asks || !(self.plan?.approvalReasons ?? []).isEmpty ? CommandFailure(.needsPerson) : nil
    }
}
