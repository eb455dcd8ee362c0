import Foundation

/// The roles of colours as the gateway shows and changes them: for deployments that a scheduler carries out.
struct ColourRoles: Sendable {
    let client: GatewayClient

    private struct Change: Encodable {
        var colour: String
        var active: String?
        var share: Int?
    }

    typealias Answer = RolloutStatusCommand.Answer

    func now() async throws(CommandFailure) -> Answer { try await self.client.get(Answer.self, "/v1/rollout") }

    /// Whether it has a role; nil while the gateway does not answer.
    func isKnown(_ colour: String) async throws(CommandFailure) -> Bool? {
        do throws(CommandFailure) { return try await self.now().rules.contains { $0.active == colour || $0.preview == colour } } catch {
            guard error.status != .refused, error.status != .usage else { throw error }
            return nil
        }
    }

    /// Beside the one that is active. A colour that is active already stays it.
    func begin(_ colour: String) async throws(CommandFailure) -> Answer {
        let answer = try await self.now()
        if answer.rules.contains(where: { $0.active == colour || $0.preview == colour }) { return answer }
        guard let active = answer.active else { throw Self.noneIsActive }
        return try await self.change("preview", Change(colour: colour, active: active))
    }

    /// - Parameter percent: of the work.
    func promote(_ colour: String, percent: Int = 100) async throws(CommandFailure) {
        let answer = try await self.now()
        // In the middle of a promotion, or of a canary, the others' is the one that it is promoted over.
        let others = Set(answer.rules.compactMap(\.active)).subtracting([colour])
        guard let active = others.first else {
            guard answer.active == colour else { throw Self.noneIsActive }
            return
        }
        guard others.count == 1 else { throw CommandFailure(.refused, "\(others.sorted().joined(separator: " and ")) are active in parts of the ledger") }
        // What was never a preview was never looked at, and may not even run.
        guard answer.rules.allSatisfy({ $0.preview == colour || $0.active == colour }) else {
            throw CommandFailure(.refused, "\(colour) is no preview; see nephoran rollout status")
        }
        _ = try await self.change("promote", Change(colour: colour, active: active, share: percent == 100 ? nil : percent))
    }

    func takeBack(_ colour: String) async throws(CommandFailure) { _ = try await self.change("back", Change(colour: colour)) }

    private func change(_ what: String, _ change: Change) async throws(CommandFailure) -> Answer {
        let body: [UInt8]
        do { body = Array(try JSONEncoder().encode(change)) } catch { throw CommandFailure(.usage, "\(error)") }
        return try GatewayClient.decode(Answer.self, try await self.client.call("POST", "/v1/rollout/\(what)", body: body).body)
    }

    private static let noneIsActive = CommandFailure(
        .refused, "the ledger names no active colour: services that are deployed in colours need LEDGER_CLAIM=true")
}

extension RolloutStatusCommand.Answer {
    /// Percent of the partitions that a colour is active in, as far as it is known.
    func share(of colour: String) -> Int {
        let all = self.rules.reduce(0) { $0 + $1.partitions }
        return all == 0 ? 0 : 100 * self.rules.reduce(0) { $1.active == colour ? $0 + $1.partitions : $0 } / all
    }
}
