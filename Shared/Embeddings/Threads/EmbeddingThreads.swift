import Foundation
import Resilience
import Synchronization

/// Some threads of their own that compute vectors. They end with the release of this.
final class EmbeddingThreads: Sendable {
    /// Of threads that stand behind everything else that wants the processor; 0 is the process's own, 19 the last.
    private static let niceness: Int32 = 10

    private let inbox: EmbeddingInbox
    private let pieceBytes: Int

    /// - Parameters:
    ///   - waiting: calls at the same time; one more is refused.
    ///   - pieceBytes: of the texts that are computed together.
    ///   - makeCompute: called on each thread, for what computes there.
    init(
        name: String, count: Int, waiting: Int, pieceBytes: Int, isBehind: Bool,
        makeCompute: @escaping @Sendable () -> (ArraySlice<String>) -> [[Float]]
    ) {
        let inbox = EmbeddingInbox(limit: waiting)
        self.inbox = inbox
        self.pieceBytes = pieceBytes
        for index in 0..<count {
            let thread = Thread {
                blockSignals()
                if isBehind { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness) }
                let compute = makeCompute()
                while let piece = inbox.take() { inbox.finish(piece, compute(piece.texts)) }
            }
            thread.name = "\(name)-\(index)"
            thread.start()
        }
    }

    deinit { self.inbox.stop() }

    /// Calls that are not answered yet.
    var waiting: Int { self.inbox.waiting }

    func vectors(of texts: [String], deadline: Deadline?) async throws(EmbeddingError) -> [[Float]] {
        if Task.isCancelled { throw .cancelled }
        let inbox = self.inbox, call = Mutex<UInt64?>(nil)
        let result: Result<[[Float]], EmbeddingError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(EmbeddingError) {
                    let id = try inbox.submit(texts, pieceBytes: self.pieceBytes, deadline: deadline) { continuation.resume(returning: $0) }
                    call.withLock { $0 = id }
                    // The handler may have run before the call was there to be ended.
                    if Task.isCancelled { inbox.end(id, .cancelled) }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            if let id = call.withLock({ $0 }) { inbox.end(id, .cancelled) }
        }
        return try result.get()
    }
}

/// The process's handlers run elsewhere.
private func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
}
