import Foundation
import IntentModel

extension IntentRecord {
    /// From its acceptance to the last entry of its history.
    var age: Duration {
        get throws {
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            guard let first = self.history.first, let last = self.history.last else { return .zero }
            return .milliseconds(Int(try Date(last.at, strategy: format).timeIntervalSince(Date(first.at, strategy: format)) * 1_000))
        }
    }

    /// The longest time between two entries of the history, and between which.
    var longestStep: (took: Duration, name: String) {
        get throws {
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            let gaps = try zip(self.history, self.history.dropFirst()).map { before, after in
                let took = try Date(after.at, strategy: format).timeIntervalSince(Date(before.at, strategy: format))
                return (took: Duration.milliseconds(Int(took * 1_000)), name: "\(before.phase.rawValue) to \(after.phase.rawValue) by \(after.by)")
            }
            return gaps.max { $0.took < $1.took } ?? (.zero, "none")
        }
    }
}
