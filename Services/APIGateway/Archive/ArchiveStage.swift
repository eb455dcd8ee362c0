import IntentModel
import Ledger
import Logging

/// Takes ended intents into the archive: a batch in one transaction. What is in it may leave Redis.
struct ArchiveStage: StageHandler {
    let stage = Stage.archive
    let name = "api-gateway"
    let batchSize = 128
    // One writes while the other encodes.
    let concurrency = 2
    // A transaction costs the same for one intent and for many.
    let gathersFor = Duration.milliseconds(200)
    // A full disk must not cost an intent its place, however long it is full.
    let maxAttempts: Int? = .max

    /// Nil ends the archive: what waits for it may leave Redis without.
    let store: ArchiveStore?
    private let logger = Logger(label: "archive")

    init(store: ArchiveStore?) { self.store = store }

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        guard let store else { return batch.map { _ in .archived } }
        var outcomes: [StageOutcome] = []
        var intents: [ArchivedIntent] = []
        for leased in batch {
            // Tried again meanwhile, it comes at its next end.
            guard leased.snapshot.phase.isTerminal else {
                outcomes.append(.done)
                continue
            }
            do {
                intents.append(try ArchivedIntent(leased.snapshot))
                outcomes.append(.archived)
            } catch {
                outcomes.append(.dead(reason: "the record cannot be read: \(error)"))
            }
        }
        guard !intents.isEmpty else { return outcomes }
        do {
            try await store.keep(intents)
            return outcomes
        } catch {
            self.logger.error("archive not written", metadata: ["intents": "\(intents.count)", "error": "\(error)"])
            return zip(batch, outcomes).map { leased, outcome in
                guard case .archived = outcome else { return outcome }
                return .retry(reason: "archive not written", after: .milliseconds(Int.random(in: 500...(1_000 << min(leased.work.attempt, 6)))))
            }
        }
    }
}
