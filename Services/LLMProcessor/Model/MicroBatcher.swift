import Synchronization
import IntentModel
import Telemetry

/// Collects questions that come within a moment and has them answered together: ``BatchQueue`` behind a lock, one a lane.
final class MicroBatcher<Question: Sendable, Answer: Sendable>: Sendable {
    private struct Entry: Sendable {
        var number: UInt64
        var question: Question
        var waiter: CheckedContinuation<Result<Answer, ModelError>, Never>
    }

    private struct State {
        var lanes: [String: BatchQueue<Entry>] = [:]
        var lastNumber: UInt64 = 0
    }

    private enum Step {
        case cancelled
        case wait
        case startTimer(UInt64)
        case run([Entry])
    }

    private let settings: ModelSettings.Batching
    private let run: @Sendable ([Question]) async -> [Result<Answer, ModelError>]
    private let state = Mutex(State())

    /// - Parameter run: answers in the order of the questions.
    init(_ settings: ModelSettings.Batching, run: @escaping @Sendable ([Question]) async -> [Result<Answer, ModelError>]) {
        self.settings = settings
        self.run = run
    }

    /// - Parameter lane: only questions of one lane are asked together; that of a tenant keeps its sentences from the others'.
    func answer(to question: Question, lane: String) async throws(ModelError) -> Answer {
        // Who cannot wait for others is asked about alone.
        if let deadline = Correlation.current?.deadline, deadline - Timestamp.now() < Int64(self.settings.timeout * 2 / .milliseconds(1)) {
            guard let answer = await self.run([question]).first else { throw .busy }
            return try answer.get()
        }
        let number = self.state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let step = self.state.withLock { state -> Step in
                    // Cancellation handlers run after the flag is set: either it is seen here, or `leave` finds the waiter.
                    if Task.isCancelled { return .cancelled }
                    switch state.lanes[lane, default: BatchQueue(size: self.settings.size)].add(Entry(number: number, question: question, waiter: waiter)) {
                    case .wait: return .wait
                    case .startTimer(let batch): return .startTimer(batch)
                    case .run(let entries):
                        state.lanes[lane] = nil
                        return .run(entries)
                    }
                }
                switch step {
                case .cancelled: waiter.resume(returning: .failure(.busy))
                case .wait: break
                case .startTimer(let batch): self.startTimer(batch, lane)
                case .run(let entries): self.start(entries)
                }
            }
        } onCancel: {
            self.leave(lane, number)
        }
        return try result.get()
    }

    private func startTimer(_ batch: UInt64, _ lane: String) {
        let timeout = self.settings.timeout
        Task {
            try? await Task.sleep(for: timeout)
            let entries = self.state.withLock { state -> [Entry] in
                let entries = state.lanes[lane]?.timeUp(batch) ?? []
                if state.lanes[lane]?.isEmpty == true { state.lanes[lane] = nil }
                return entries
            }
            self.start(entries)
        }
    }

    private func start(_ entries: [Entry]) {
        guard !entries.isEmpty else { return }
        // The deadline of one of them is not that of all.
        Correlation.$current.withValue(nil) {
            _ = Task {
                let answers = await self.run(entries.map(\.question))
                for (index, entry) in entries.enumerated() {
                    entry.waiter.resume(
                        returning: answers.indices.contains(index) ? answers[index] : .failure(.malformed("one of several sentences has no answer")))
                }
            }
        }
    }

    private func leave(_ lane: String, _ number: UInt64) {
        let entry = self.state.withLock { $0.lanes[lane]?.remove { $0.number == number } }
        entry?.waiter.resume(returning: .failure(.busy))
    }
}
