import Foundation
import HTTPFetch
import IntentModel
import JSONSchema
import ServiceClient

/// Answers of peers that are none of ours: an O-Cloud's `ProblemDetails` (O2 IMS, of RFC 7807 only status and detail), the E2 manager's `errorMessage`, or
/// a status alone. A peer that says no has answered as its interface has it.
extension ServiceClient {
    /// `GET`; nil for 404.
    func read<Value: Decodable>(_ type: Value.Type, _ path: String) async throws(ServiceCallError) -> Value? {
        let response = try await self.call("GET", path, body: nil, mayRepeat: true)
        if response.status == 404 { return nil }
        guard response.status < 300 else { throw self.peerRefusal(response) }
        do { return try JSONDecoder().decode(type, from: Data(response.body)) } catch { throw .nonsense(self.name, "\(error)") }
    }

    /// What an answer that is no success says, in the peer's own words, at most 300 characters of them.
    func peerRefusal(_ response: FetchResponse) -> ServiceCallError {
        let said = (try? JSONValue(parsing: response.body)).flatMap { problem -> String? in
            let parts = ["title", "detail", "errorMessage", "message"].compactMap { problem[$0]?.string }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        }
        let words = "HTTP \(response.status)" + (said.map { ": \($0.prefix(300))" } ?? "")
        switch response.status {
        // It lets us not in: nothing that another request would mend.
        case 401, 403: return .nonsense(self.name, words)
        case 429: return .open(self.name, retryAfter: response.retryAfter ?? .seconds(1))
        case 400..<500: return .refused(self.name, Problem(status: response.status, code: "\(self.name)_rejected", title: "Refused by the peer", detail: words))
        default: return .nonsense(self.name, words)
        }
    }
}
