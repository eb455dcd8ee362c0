import Foundation

/// How far an addition is: a bar over the bytes of the files, what went in, and how fast.
struct KnowledgeProgress {
    private static let width = 24

    let totalBytes: Int
    private let start = ContinuousClock.now

    init(totalBytes: Int) { self.totalBytes = totalBytes }

    static func size(of path: String) -> Int { (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0 }

    static func bar(_ done: Int, of total: Int) -> String {
        let part = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let filled = Int((part * Double(self.width)).rounded(.down))
        return "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: self.width - filled))] \(Int(part * 100)) %"
    }

    func text(doneBytes: Int, _ outcome: KnowledgeSender.Outcome, elapsed: Duration? = nil) -> String {
        let seconds = (elapsed ?? (.now - self.start)) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(outcome.chunks) / seconds) : 0
        return Self.bar(doneBytes, of: self.totalBytes) + "  \(outcome.accepted) documents, \(outcome.chunks) passages, \(rate)/s"
    }
}
