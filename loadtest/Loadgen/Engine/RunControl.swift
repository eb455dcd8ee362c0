import Synchronization

/// What threads of a run and whoever watches it tell each other.
final class RunControl: Sendable {
    /// How far a flow is.
    struct Progress: Sendable {
        var answers = 0
        var errors = 0
        /// 95th percentile of the last interval that is over, in nanoseconds.
        var recent = 0.0
    }

    private let stopping = Atomic<Bool>(false)
    /// By thread, then by flow.
    private let board: Mutex<[[Progress]]>

    init(threads: Int, flows: Int) {
        self.board = Mutex(Array(repeating: Array(repeating: Progress(), count: flows), count: threads))
    }

    /// No further request is sent; what was sent is waited for.
    func stop() { self.stopping.store(true, ordering: .relaxed) }
    var isStopping: Bool { self.stopping.load(ordering: .relaxed) }

    func report(_ progress: [Progress], thread: Int) { self.board.withLock { $0[thread] = progress } }

    /// By flow, over all threads.
    func progress() -> [Progress] {
        self.board.withLock { board in
            guard var sum = board.first else { return [] }
            for thread in board.dropFirst() {
                for index in sum.indices {
                    sum[index].answers += thread[index].answers
                    sum[index].errors += thread[index].errors
                    sum[index].recent = max(sum[index].recent, thread[index].recent)
                }
            }
            return sum
        }
    }
}
