import IntentModel

extension RecordSnapshot {
    /// What ``PlanStage`` says of an intent that waits for its time window; in the history behind `waits `.
    package static let windowReason = "for its time window"
    /// … and of one behind another that waits for a person.
    package static let decisionReason = "decide it, cancel it, or supersede it"

    /// Milliseconds up to `end` in which nothing was for us to do: it waited for a person, its own or another intent's, or for its time window.
    package func standing(until end: Int64) -> Int64 {
        var sum: Int64 = 0
        var since: Int64?
        for line in self.history.split(separator: UInt8(ascii: "\n")) {
            let stands = Self.stands(line)
            guard stands || since != nil, let at = Self.instant(of: line) else { continue }
            if let begun = since { sum += max(0, at - begun) }
            since = stands ? at : nil
        }
        if let begun = since { sum += max(0, end - begun) }
        return sum
    }

    private static let awaiting = Array(#"{"phase":"awaiting_"#.utf8)
    private static let planning = Array(#"{"phase":"planning""#.utf8)
    private static let waits = Array(#""detail":"waits "#.utf8)

    /// Whether an entry of the history begins such a time; the next one ends it. Written by ``Ledger/historyEntry(_:at:by:detail:)`` or `step.lua`.
    private static func stands(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts(with: Self.awaiting) { return true }
        guard line.starts(with: Self.planning), line.firstRange(of: Self.waits) != nil,
            let detail = (try? LedgerJSON.decode(HistoryEntry.self, Array(line)))?.detail
        else { return false }
        return detail.hasPrefix("waits \(Self.windowReason)") || detail.contains(Self.decisionReason)
    }

    private static func instant(of line: ArraySlice<UInt8>) -> Int64? {
        (try? LedgerJSON.decode(HistoryEntry.self, Array(line))).flatMap { Timestamp.milliseconds($0.at) }
    }
}
