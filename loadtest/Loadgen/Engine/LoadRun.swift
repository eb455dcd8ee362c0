import Foundation
import Synchronization

/// Flows that run at the same time, from their beginning to their last answer.
struct LoadRun: Sendable {
    var flows: [FlowPlan]
    var threads = 1
    var seed: UInt64 = 1
    /// Replaces `{{run}}`.
    var tag: String

    /// What was measured.
    struct Outcome: Sendable {
        /// In the order of the flows.
        var recorders: [FlowRecorder]
        /// Seconds from the start to the last answer.
        var seconds: Double
    }

    /// Nanoseconds: a second, or longer where there would be too many.
    var intervalLength: UInt64 {
        let longest = self.flows.compactMap { $0.pace.duration.map { duration in duration + 2 } }.max() ?? 60
        return UInt64(max(1, (longest / Double(FlowRecorder.mostIntervals)).rounded(.up)) * 1e9)
    }

    func run(_ control: RunControl) async throws -> Outcome {
        let (length, start) = (self.intervalLength, MonotonicClock.now() + 20_000_000)
        let outcomes = try await withThrowingTaskGroup(of: [FlowRecorder].self) { group in
            for index in 0..<self.threads {
                group.addTask {
                    try await self.onThread {
                        try LoadThread(
                            self.flows, share: ThreadShare(index: index, count: self.threads), control: control, start: start, intervalLength: length,
                            run: self.tag, seed: self.seed
                        ).drive()
                    }
                }
            }
            return try await group.reduce(into: [[FlowRecorder]]()) { $0.append($1) }
        }
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        guard var merged = outcomes.first else { throw LoadError.usage("there is no thread to send from") }
        for other in outcomes.dropFirst() {
            for index in merged.indices { merged[index].merge(other[index]) }
        }
        return Outcome(recorders: merged, seconds: seconds)
    }

    /// An event loop occupies a thread for the whole run: one of its own.
    private func onThread(_ body: @escaping @Sendable () throws -> [FlowRecorder]) async throws -> [FlowRecorder] {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}
