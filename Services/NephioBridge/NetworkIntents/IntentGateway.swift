import Foundation
import HTTPFetch
import IntentModel
import JSONSchema
import ServiceClient

/// The public API, as the controller uses it: what comes from Kubernetes goes through the same door as everything else, with the same checks,
/// limits and refusals.
struct IntentGateway: Sendable {
    enum Submission: Sendable {
        case accepted(IntentID)
        /// Its name stands for an intent already, made from another body.
        case known(IntentID)
        /// What it was to replace has ended.
        case nothingToSupersede
        /// It will not be taken as it is.
        case refused(Problem)
        /// Whoever asks may not, as far as the gateway knows him.
        case denied(String)
        /// Not now; nothing is known to have happened.
        case unavailable(String, retryAfter: Duration?)
    }

    let client: ServiceClient

    func submit(_ body: [UInt8], key: String) async -> Submission {
        let response: FetchResponse
        do throws(ServiceCallError) {
            response = try await self.client.call("POST", "/v1/intents", body: body, headers: [("idempotency-key", key)], mayRepeat: true)
        } catch {
            return .unavailable("\(error)", retryAfter: nil)
        }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
        switch response.status {
        case 202:
            guard let id = (try? JSONValue(parsing: response.body))?["id"]?.string.flatMap({ IntentID($0) }) else {
                return .unavailable("the gateway accepted it and named no intent", retryAfter: nil)
            }
            return .accepted(id)
        case 401, 403: return .denied(Self.words(problem, response))
        case 404, 429: return .unavailable(problem?.detail ?? "the gateway answered \(response.status)", retryAfter: response.retryAfter)
        case 409 where problem?.code == "idempotency_conflict":
            guard let id = response.header("location").flatMap({ IntentID($0.split(separator: "/").last ?? "") }) else {
                return .unavailable("the gateway knows the key and does not say for what", retryAfter: nil)
            }
            return .known(id)
        case 409 where problem?.code == "phase_conflict": return .nothingToSupersede
        case 400 where problem?.errors?.contains { $0.pointer == "/supersedes" } ?? false: return .nothingToSupersede
        default:
            let unknown = Problem(
                status: response.status, code: "invalid_body", title: "Refused", detail: "the gateway answered \(response.status)")
            return .refused(problem ?? unknown)
        }
    }

    enum Decision: Sendable {
        case taken
        /// Its phase does not allow it (any more), or it is in the archive only; in the gateway's words.
        case refused(String)
        /// Whoever asks may not.
        case denied(String)
    }

    func decide(_ decision: String, _ id: IntentID, reason: String) async throws(ServiceCallError) -> Decision {
        let body = JSONValue.object(["reason": .string(reason)]).bytes
        // A repeat finds the decision taken.
        let response = try await self.client.call("POST", "/v1/intents/\(id)/\(decision)", body: body, mayRepeat: true)
        switch response.status {
        case 200..<300: return .taken
        case 401, 403, 404, 409:
            let words = Self.words(try? JSONDecoder().decode(Problem.self, from: Data(response.body)), response)
            return response.status < 404 ? .denied(words) : .refused(words)
        default: throw self.client.refusal(response)
        }
    }

    private static func words(_ problem: Problem?, _ response: FetchResponse) -> String { problem?.detail ?? "the gateway answered \(response.status)" }

    /// The record, from the archive where it has left the ledger; nil when there is none.
    func record(_ id: IntentID) async throws(ServiceCallError) -> IntentRecord? { try await self.client.get(IntentRecord.self, "/v1/intents/\(id)") }
}

/// The gateway as the controller reaches it for each namespace.
struct NamespaceGateways: Sendable {
    /// As who has no key of a namespace: the installation.
    let installation: ServiceClient
    /// Nil: every namespace acts as the installation.
    var keys: NamespaceKeys?
    let base: String
    let fetcher: HTTPFetcher

    /// - Throws: ``NotLetIn`` for a namespace without a key, where namespaces have keys.
    func gateway(of namespace: String) async throws(NotLetIn) -> IntentGateway {
        guard let keys else { return IntentGateway(client: self.installation) }
        let key = try await keys.key(of: namespace)
        // The guards are for the gateway; that a tenant has submitted as much as it may keeps no other from submitting.
        return IntentGateway(
            client: ServiceClient(self.installation.upstream, base: self.base, token: key, fetcher: self.fetcher, isOneOfMany: true))
    }
}
