import ArgumentParser
import Foundation
import IntentModel

/// Body of `POST /v1/intents`.
struct IntentBody: Encodable {
    var intent: String
    var priority: Priority?
    var namespace: String?
    var cluster: String?
    var approval: IntentRequest.Approval?
    var labels: [String: String]?
    var supersedes: IntentID?
    var callbackUrl: String?

    func encoded() throws(CommandFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        // A body that is sent again under its key must be the same bytes.
        encoder.outputFormatting = .sortedKeys
        do { return Array(try encoder.encode(self)) } catch { throw CommandFailure(.usage, "the intent cannot be sent: \(error)") }
    }

    /// Of `name=value`; nil without any.
    static func labels(_ texts: [String]) throws -> [String: String]? {
        var labels: [String: String] = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { throw ValidationError("--label takes name=value, not \(text).") }
            labels[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return labels.isEmpty ? nil : labels
    }
}
