import Foundation

/// `nephoran rollout status`.
struct RolloutStatus: Decodable {
    struct Run: Decodable {
        var state: String
        var detail: String?
        var share: Int?
    }
    struct Rule: Decodable {
        var partitions: Int
        var active: String?
        var preview: String?
    }
    var active: String?
    var preview: String?
    var rules: [Rule]
    var run: Run?

    static func of(_ installation: Supervised) async throws -> RolloutStatus {
        let said = try await installation.command("rollout", "status", "--server", installation.gateway.address, "--output", "json")
        return try JSONDecoder().decode(RolloutStatus.self, from: Data(said.output.utf8))
    }

    /// Until the run is in a state.
    static func await(_ state: String, of installation: Supervised, within limit: Duration = .seconds(90)) async throws -> RolloutStatus {
        let deadline = ContinuousClock.now + limit
        while true {
            let status = try await Self.of(installation)
            if status.run?.state == state || ContinuousClock.now > deadline { return status }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
