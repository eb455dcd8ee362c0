import Foundation
import Resilience

/// The queue as threads and callers share it.
///
/// `@unchecked Sendable`: the queue is touched with the condition's lock held only.
final class EmbeddingInbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var queue: EmbeddingQueue

    init(limit: Int) { self.queue = EmbeddingQueue(limit: limit) }

    var waiting: Int {
        self.condition.lock()
        defer { self.condition.unlock() }
        return self.queue.waiting
    }

    func submit(_ texts: [String], pieceBytes: Int, deadline: Deadline?, _ answer: @escaping EmbeddingQueue.Answer) throws(EmbeddingError) -> UInt64 {
        self.condition.lock()
        defer { self.condition.unlock() }
        let id = try self.queue.submit(texts, pieceBytes: pieceBytes, deadline: deadline, answer)
        self.condition.broadcast()
        return id
    }

    /// Waits for work; nil after the stop.
    func take() -> EmbeddingQueue.Piece? {
        while true {
            var expired: [EmbeddingQueue.Answer] = []
            self.condition.lock()
            while !self.queue.hasWork, !self.queue.isStopped { self.condition.wait() }
            let isStopped = self.queue.isStopped
            let piece = self.queue.take(at: Deadline.now(), expired: &expired)
            self.condition.unlock()
            for answer in expired { answer(.failure(.timedOut)) }
            if let piece { return piece }
            if isStopped { return nil }
        }
    }

    func finish(_ piece: EmbeddingQueue.Piece, _ vectors: [[Float]]) {
        self.condition.lock()
        let done = self.queue.finish(piece, vectors)
        self.condition.unlock()
        if let (answer, vectors) = done { answer(.success(vectors)) }
    }

    func end(_ id: UInt64, _ error: EmbeddingError) {
        self.condition.lock()
        let answer = self.queue.end(id)
        self.condition.unlock()
        answer?(.failure(error))
    }

    func stop() {
        self.condition.lock()
        let answers = self.queue.stop()
        self.condition.broadcast()
        self.condition.unlock()
        for answer in answers { answer(.failure(.cancelled)) }
    }
}
