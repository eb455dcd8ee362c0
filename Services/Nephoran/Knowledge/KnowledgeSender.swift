import Foundation

/// Sends batches one behind the other while the next is being made, and sends again what did not get through: a document that is
/// there already is left alone by the server.
struct KnowledgeSender {
    struct Outcome: Encodable, Sendable {
        var accepted = 0
        /// Of those, the ones the server had already.
        var unchanged = 0
        var chunks = 0
        var rejected: [String: String] = [:]
    }

    private struct Answer: Decodable, Sendable {
        struct Rejection: Decodable, Sendable {
            var position: Int
            var reason: String
        }
        var accepted: Int
        var unchanged: Int?
        var chunks: Int
        var rejected: [Rejection]
    }

    /// How long an unreachable server is waited for.
    private static let patience: Duration = .seconds(60)

    let client: GatewayClient
    private(set) var outcome = Outcome()
    /// Bytes of the files that are done.
    private(set) var doneBytes = 0
    private var flight: (batch: KnowledgeBatch, answer: Task<Result<Answer, CommandFailure>, Never>)?

    init(client: GatewayClient) { self.client = client }

    mutating func reject(_ path: String, _ reason: String) { self.outcome.rejected[path] = reason }

    /// Waits for the batch before, then sends this one.
    mutating func send(_ batch: KnowledgeBatch) async throws(CommandFailure) {
        try await self.finish()
        let client = self.client
        self.flight = (
            batch,
            Task {
                do throws(CommandFailure) { return .success(try await Self.send(batch, client)) } catch { return .failure(error) }
            }
        )
    }

    /// Waits for what is on its way.
    mutating func finish() async throws(CommandFailure) {
        guard let (batch, task) = self.flight else { return }
        self.flight = nil
        let answer = try await task.value.get()
        self.outcome.accepted += answer.accepted
        self.outcome.unchanged += answer.unchanged ?? 0
        self.outcome.chunks += answer.chunks
        for rejection in answer.rejected { self.outcome.rejected[batch.path(at: rejection.position)] = rejection.reason }
        self.doneBytes += batch.sourceBytes
    }

    private static func send(_ batch: KnowledgeBatch, _ client: GatewayClient) async throws(CommandFailure) -> Answer {
        let end = ContinuousClock.now + self.patience
        var pause: Duration = .milliseconds(200)
        while true {
            do throws(CommandFailure) {
                let response = try await client.call(
                    "POST", "/v1/documents", headers: [("content-type", "application/x-ndjson")], body: batch.body, timeout: .seconds(600))
                return try GatewayClient.decode(Answer.self, response.body)
            } catch {
                guard error.status == .unreachable, ContinuousClock.now + pause < end else { throw error }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
    }
}
