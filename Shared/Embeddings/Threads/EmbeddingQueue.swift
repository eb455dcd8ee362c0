import Resilience

/// Who waits for which vectors, and what is computed next: calls take turns, so that a long one delays none of the others by more than a piece.
/// Pure: time comes with the calls.
struct EmbeddingQueue {
    typealias Answer = @Sendable (Result<[[Float]], EmbeddingError>) -> Void

    /// Some of a call's texts, computed together.
    struct Piece {
        let call: UInt64
        let range: Range<Int>
        let texts: ArraySlice<String>
    }

    private struct Call {
        let texts: [String]
        let pieces: [Range<Int>]
        let deadline: Deadline?
        let answer: Answer
        var next = 0
        var open: Int
        var vectors: [[Float]]
    }

    private let limit: Int
    private var calls: [UInt64: Call] = [:]
    /// Calls with pieces that nobody computes yet.
    private var turns: [UInt64] = []
    private var lastID: UInt64 = 0
    private(set) var isStopped = false

    /// As many calls as may be here at the same time.
    init(limit: Int) { self.limit = limit }

    var hasWork: Bool { !self.turns.isEmpty }
    var waiting: Int { self.calls.count }

    /// The id of an accepted call, which is answered exactly once.
    mutating func submit(_ texts: [String], pieceBytes: Int, deadline: Deadline?, _ answer: @escaping Answer) throws(EmbeddingError) -> UInt64 {
        if self.isStopped { throw .cancelled }
        guard self.calls.count < self.limit else { throw .busy }
        self.lastID += 1
        let pieces = Self.pieces(texts, bytes: pieceBytes)
        self.calls[self.lastID] = Call(
            texts: texts, pieces: pieces, deadline: deadline, answer: answer, open: pieces.count, vectors: Array(repeating: [], count: texts.count))
        self.turns.append(self.lastID)
        return self.lastID
    }

    /// What to compute; calls that it is too late for are handed to `expired` to be answered.
    mutating func take(at now: Int64, expired: inout [Answer]) -> Piece? {
        while !self.turns.isEmpty {
            let id = self.turns.removeFirst()
            guard var call = self.calls.removeValue(forKey: id) else { continue }
            if let deadline = call.deadline, deadline.hasPassed(at: now) {
                expired.append(call.answer)
                continue
            }
            let range = call.pieces[call.next]
            call.next += 1
            if call.next < call.pieces.count { self.turns.append(id) }
            let piece = Piece(call: id, range: range, texts: call.texts[range])
            self.calls[id] = call
            return piece
        }
        return nil
    }

    /// Takes a piece's vectors; the answer and all vectors when it was the call's last piece. A call that ended meanwhile needs none.
    mutating func finish(_ piece: Piece, _ vectors: [[Float]]) -> (Answer, [[Float]])? {
        guard var call = self.calls.removeValue(forKey: piece.call) else { return nil }
        call.vectors.replaceSubrange(piece.range, with: vectors)
        call.open -= 1
        if call.open == 0 { return (call.answer, call.vectors) }
        self.calls[piece.call] = call
        return nil
    }

    /// The answer of a call that is to end now; nil when it did already.
    mutating func end(_ id: UInt64) -> Answer? {
        guard let call = self.calls.removeValue(forKey: id) else { return nil }
        self.turns.removeAll { $0 == id }
        return call.answer
    }

    /// Nothing is accepted or begun any more; the answers of all who wait.
    mutating func stop() -> [Answer] {
        self.isStopped = true
        defer {
            self.calls = [:]
            self.turns = []
        }
        return self.calls.values.map(\.answer)
    }

    /// Texts that follow each other, of `bytes` together at most unless one alone has more.
    private static func pieces(_ texts: [String], bytes: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0, sum = 0
        for (index, text) in texts.enumerated() {
            let count = min(text.utf8.count, bytes)
            if index > start, sum + count > bytes {
                pieces.append(start..<index)
                start = index
                sum = 0
            }
            sum += count
        }
        if start < texts.count { pieces.append(start..<texts.count) }
        return pieces
    }
}
