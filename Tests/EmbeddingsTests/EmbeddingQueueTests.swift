import Resilience
import Synchronization
import Testing

@testable import Embeddings

@Suite("The queue of embeddings")
struct EmbeddingQueueTests {
    private final class Answers: Sendable {
        let got = Mutex<[Result<[[Float]], EmbeddingError>]>([])
        var answer: EmbeddingQueue.Answer { { result in self.got.withLock { $0.append(result) } } }
    }

    @Test("calls take turns by pieces, and each gets its vectors in order")
    func turns() throws {
        var queue = EmbeddingQueue(limit: 4)
        var expired: [EmbeddingQueue.Answer] = []
        let answers = Answers()
        let long = try queue.submit(["aaaa", "bbbb", "cccc", "dddd", "ee"], pieceBytes: 8, deadline: nil, answers.answer)
        let short = try queue.submit(["x"], pieceBytes: 8, deadline: nil, answers.answer)
        let pieces = (0..<4).compactMap { _ in queue.take(at: 0, expired: &expired) }
        #expect(pieces.map(\.call) == [long, short, long, long])
        #expect(pieces.map(\.range) == [0..<2, 0..<1, 2..<4, 4..<5])
        #expect(queue.take(at: 0, expired: &expired) == nil && !queue.hasWork)
        #expect(queue.finish(pieces[3], [[5]]) == nil)
        #expect(queue.finish(pieces[0], [[1], [2]]) == nil)
        #expect(queue.finish(pieces[2], [[3], [4]])?.1 == [[1], [2], [3], [4], [5]])
        #expect(queue.finish(pieces[1], [[9]])?.1 == [[9]])
        #expect(queue.waiting == 0 && expired.isEmpty)
    }

    @Test("a text larger than a piece is a piece")
    func large() throws {
        var queue = EmbeddingQueue(limit: 1)
        var expired: [EmbeddingQueue.Answer] = []
        _ = try queue.submit(["a", String(repeating: "b", count: 99), "c"], pieceBytes: 8, deadline: nil, Answers().answer)
        #expect((0..<3).compactMap { _ in queue.take(at: 0, expired: &expired)?.range } == [0..<1, 1..<2, 2..<3])
    }

    @Test("what is late is answered, not computed; one more than may wait is refused; the stop answers everybody")
    func ends() throws {
        var queue = EmbeddingQueue(limit: 2)
        var expired: [EmbeddingQueue.Answer] = []
        let late = try queue.submit(["a", "b"], pieceBytes: 1, deadline: Deadline(unixMilliseconds: 10), Answers().answer)
        let other = try queue.submit(["c", "d"], pieceBytes: 1, deadline: Deadline(unixMilliseconds: 30), Answers().answer)
        #expect(throws: EmbeddingError.busy) { try queue.submit(["e"], pieceBytes: 1, deadline: nil, Answers().answer) }
        let first = queue.take(at: 5, expired: &expired)
        #expect(first?.call == late)
        #expect(queue.take(at: 5, expired: &expired)?.call == other)
        #expect(queue.take(at: 20, expired: &expired)?.call == other)
        #expect(expired.count == 1 && queue.waiting == 1)
        #expect(queue.finish(try #require(first), [[1]]) == nil)
        #expect(queue.end(late) == nil)
        #expect(queue.end(other) != nil)
        _ = try queue.submit(["f"], pieceBytes: 1, deadline: nil, Answers().answer)
        #expect(queue.stop().count == 1 && queue.isStopped && queue.waiting == 0)
        #expect(throws: EmbeddingError.cancelled) { try queue.submit(["g"], pieceBytes: 1, deadline: nil, Answers().answer) }
    }
}
