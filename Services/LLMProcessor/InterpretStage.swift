import IntentLanguage
import IntentModel
import Ledger

/// Reads the operator's words: the first stage of every intent, and again after a question about the words was answered.
struct InterpretStage: StageHandler {
    let stage = Stage.interpret
    let name = "llm-processor"
    let batchSize = 32
    let concurrency: Int
    let reading: IntentReading

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        // In order and without a task each while interpretation is local; a model is asked for several at once.
        guard self.reading.waitsForOthers else {
            var outcomes: [StageOutcome] = []
            outcomes.reserveCapacity(batch.count)
            for leased in batch { outcomes.append(await leased.traced { await self.outcome(leased) }) }
            return outcomes
        }
        return await withTaskGroup(of: (Int, StageOutcome).self) { group in
            for (index, leased) in batch.enumerated() { group.addTask { (index, await leased.traced { await self.outcome(leased) }) } }
            var outcomes = [StageOutcome?](repeating: nil, count: batch.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.map { $0 ?? .retry(reason: "interpretation was cut short") }
        }
    }

    private func outcome(_ leased: LeasedIntent) async -> StageOutcome {
        do throws(LedgerError) {
            let request = try leased.snapshot.request()
            let answers = try leased.snapshot.answers()
            let interpretation: Interpretation
            if let asked = try leased.snapshot.interpretation(), asked.decision == .needsClarification, !answers.isEmpty {
                interpretation = self.reading.answering(asked, with: answers)
            } else {
                let words = InterpretationRequest(
                    intent: request.intent, priority: request.priority, namespace: request.namespace, cluster: request.cluster, tenant: request.tenant)
                interpretation = await self.reading.read(words)
            }
            return try self.step(interpretation, answers: answers.count, from: leased.snapshot.phase)
        } catch {
            return .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
        }
    }

    private func step(_ interpretation: Interpretation, answers: Int, from phase: Phase) throws(LedgerError) -> StageOutcome {
        var step: Step
        switch interpretation.decision {
        case .accepted:
            let words = interpretation.expectations.map { "\($0.verb.rawValue) \($0.object.name ?? $0.object.type ?? $0.object.kind.rawValue)" }
            step = Step(phase: .planning, by: self.name, detail: "understood: " + words.joined(separator: ", "))
            step.next = [.plan]
            step.fields = [(.interpretation, interpretation.json), (.clarifications, [])]
            // They are part of the interpretation now: planning must not take a "yes" for one to its own questions.
            if answers > 0 { step.fields.append((.answersRead, try self.json(answers))) }
        case .needsClarification:
            step = Step(phase: .awaitingClarification, by: self.name, detail: interpretation.clarifications.map(\.question).joined(separator: " "))
            step.fields = [(.interpretation, interpretation.json), (.clarifications, try self.json(interpretation.clarifications))]
        case .refused:
            let refusal = interpretation.refusal ?? Refusal(reason: .outOfScope, detail: "Nothing in it can be acted on.")
            step = Step(phase: .refused, by: self.name, detail: refusal.detail)
            let problem = Problem(status: 422, code: "refused_\(refusal.reason.rawValue)", title: "Refused", detail: refusal.detail)
            step.fields = [(.interpretation, interpretation.json), (.problem, try self.json(problem))]
        }
        if phase != .interpreting { step.via = [.interpreting] }
        return .step(step)
    }

    private func json(_ value: some Encodable) throws(LedgerError) -> [UInt8] {
        do { return try LedgerJSON.encode(value) } catch { throw LedgerError(.corrupt, "\(error)") }
    }
}
