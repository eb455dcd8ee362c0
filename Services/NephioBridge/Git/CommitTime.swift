import IntentModel

/// The time of a commit: whole seconds since 1970, UTC.
struct CommitTime: Hashable, Sendable, Comparable, CustomStringConvertible {
    var seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    /// Nil unless `text` is an RFC 3339 time, with or without a fraction.
    init?(rfc3339 text: String) {
        guard let milliseconds = Timestamp.milliseconds(text) else { return nil }
        self.seconds = milliseconds / 1000
    }

    static var now: CommitTime { CommitTime(seconds: Timestamp.now() / 1000) }

    /// RFC 3339, UTC, e.g. `2025-03-01T10:00:00Z`.
    var description: String { Timestamp.secondsText(self.seconds * 1000) }

    static func < (a: CommitTime, b: CommitTime) -> Bool { a.seconds < b.seconds }
}
