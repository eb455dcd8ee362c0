import IntentModel
import Ledger
import ServiceRuntime

/// What is made of an observation: wait, fulfilled, or failed — and undone, where the policy says so.
struct RolloutPolicy: Sendable {
    let observer: RolloutObserver
    /// From the beginning of the verification.
    let limit: Duration
    /// Nothing is undone, whatever the intent says.
    let keepsFailures: Bool
    /// Between two looks.
    static let pause: Duration = .seconds(1)

    init(observer: RolloutObserver, settings: Settings) {
        self.init(observer: observer, limit: settings[KubernetesSettings.verifyWithin], keepsFailures: settings[KubernetesSettings.onFailure] == "keep")
    }

    init(observer: RolloutObserver, limit: Duration, keepsFailures: Bool) {
        self.observer = observer
        self.limit = limit
        self.keepsFailures = keepsFailures
    }

    /// Whether another look, at Git or at a cluster, would find what the last one did.
    func stillWaits(_ leased: LeasedIntent, _ changes: [PackageChange]) throws(LedgerError) -> Bool {
        guard self.observer.stillWaits(leased.id, changes) else { return false }
        return try !self.isLast(leased)
    }

    /// - Parameters:
    ///   - step: what would be done without a cluster.
    ///   - isEnforced: the policies of the same plan are known to be in force.
    func outcome(
        of step: Step, _ leased: LeasedIntent, _ changes: [PackageChange], _ published: [PublishedPackage], isEnforced: Bool
    ) async -> StageOutcome {
        let isLast: Bool
        do throws(LedgerError) {
            isLast = try self.isLast(leased)
        } catch {
            return .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
        }
        let observation = await self.observer.observe(leased.id, changes, published, final: isLast)
        let outcome = self.outcome(observation, step, leased, isLast: isLast, isEnforced: isEnforced)
        if case .wait = outcome {} else { self.observer.forget(leased.id) }
        return outcome
    }

    private func outcome(
        _ observation: RolloutObserver.Observation, _ step: Step, _ leased: LeasedIntent, isLast: Bool, isEnforced: Bool
    ) -> StageOutcome {
        switch observation {
        case .nothingToSee: return .step(step)
        case .arrived(let sentences, let isComplete):
            let isObserved = isComplete && isEnforced
            return self.passed(step, sentences, isObserved: isObserved, isObserved ? "observed" : "observed in part")
        case .failed(let reason): return self.failed(reason, leased)
        case .waiting(_, _) where !isLast: return .wait(Self.pause)
        case .waiting(let reason, isReachable: true): return self.failed("not there within \(self.limit.text): \(reason)", leased)
        case .waiting(let reason, isReachable: false):
            // Nobody knows that it is not there: to undo it would be a guess.
            return self.passed(step, ["not observed: \(reason)"], isObserved: false, "read back; not observed: \(reason)")
        }
    }

    /// The step of Git's checks, with what was seen.
    private func passed(_ step: Step, _ sentences: [String], isObserved: Bool, _ detail: String) -> StageOutcome {
        var step = step
        step.detail = detail
        if isObserved { step.phase = .fulfilled }
        do {
            guard let index = step.fields.firstIndex(where: { $0.field == .verification }) else { return .step(step) }
            var verification = try LedgerJSON.decode(Verification.self, step.fields[index].json)
            verification.checks += sentences
            verification.state = isObserved ? .observed : verification.state
            step.fields[index].json = try LedgerJSON.encode(verification)
        } catch {
            return .fail(Problem(status: 500, code: "internal", title: "Not encodable", detail: "\(error)"))
        }
        return .step(step)
    }

    private func failed(_ reason: String, _ leased: LeasedIntent) -> StageOutcome {
        let problem = Problem(status: 500, code: "not_arrived", title: "Did not arrive", detail: reason)
        guard !self.keepsFailures else { return .fail(problem) }
        // The intent's own policy decides what is undone.
        var step = Step(by: "nephio-bridge", detail: reason)
        step.ending = Ending(.failed, reason: "did not arrive")
        do {
            step.fields = [(.problem, try LedgerJSON.encode(problem))]
        } catch {
            return .fail(problem)
        }
        return .step(step)
    }

    private func isLast(_ leased: LeasedIntent) throws(LedgerError) -> Bool {
        try Self.began(leased.snapshot) + self.limit.wholeMilliseconds <= Timestamp.now()
    }

    /// Unix milliseconds at which the verification began.
    private static func began(_ snapshot: RecordSnapshot) throws(LedgerError) -> Int64 {
        try snapshot.historyEntries().last { $0.phase == .verifying }.flatMap { Timestamp.milliseconds($0.at) } ?? snapshot.updated
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 { self.components.seconds * 1_000 + self.components.attoseconds / 1_000_000_000_000_000 }
    fileprivate var text: String { "\(self.components.seconds) s" }
}
