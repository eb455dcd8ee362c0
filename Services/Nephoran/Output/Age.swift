import Foundation

/// How long ago a time of the API was, in the largest unit that fits: `42s`, `7m`, `3h`, `12d`.
enum Age {
    static func text(since timestamp: String, now: Date = Date()) -> String {
        guard let date = self.date(timestamp) else { return timestamp }
        let seconds = max(0, Int(now.timeIntervalSince(date)))
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m"
        case ..<86_400: return "\(seconds / 3_600)h"
        default: return "\(seconds / 86_400)d"
        }
    }

    static func date(_ timestamp: String) -> Date? {
        (try? Date(timestamp, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))) ?? (try? Date(timestamp, strategy: .iso8601))
    }
}
