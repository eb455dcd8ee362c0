import Logging

/// Sentinels that watch the same primary.
struct SentinelGroup: Sendable {
    let sentinels: [RedisConfiguration.Endpoint]
    /// What they call the primary.
    let name: String
    let configuration: RedisConfiguration
    let label: String

    private static let patience: Duration = .seconds(1)

    /// The first answer of any: whoever is named says by its role whether the answer was old.
    func primary() async -> Result<RedisConfiguration.Endpoint, RedisError> {
        await withTaskGroup(of: Result<RedisConfiguration.Endpoint, RedisError>.self) { group in
            for sentinel in self.sentinels {
                group.addTask { do throws(RedisError) { return .success(try await self.ask(sentinel)) } catch { return .failure(error) } }
            }
            var failure = RedisError(.disconnected, "no sentinel is named")
            for await answer in group {
                switch answer {
                case .success: return answer
                case .failure(let error): failure = error
                }
            }
            return .failure(failure)
        }
    }

    private func ask(_ sentinel: RedisConfiguration.Endpoint) async throws(RedisError) -> RedisConfiguration.Endpoint {
        let question = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.name)
        let reply: RedisValue
        do throws(RedisError) {
            var open = self.configuration
            (open.username, open.password) = (nil, nil)
            reply = try await RedisNode.ask(sentinel, question, open, within: Self.patience, label: self.label)
        } catch {
            // Sentinels have passwords more seldom than the servers they watch.
            guard error.serverCode == "NOAUTH", self.configuration.password?.value != nil else {
                throw RedisError(.disconnected, "sentinel \(sentinel): \(error.message)")
            }
            reply = try await RedisNode.ask(sentinel, question, self.configuration, within: Self.patience, label: self.label)
        }
        guard let host = reply[0].string, let port = reply[1].int else {
            throw RedisError(.disconnected, "sentinel \(sentinel) knows no primary named \(self.name)")
        }
        return .tcp(host: host, port: port)
    }
}

extension RedisNode {
    /// Asks one question over a connection that is made for it.
    static func ask(
        _ endpoint: RedisConfiguration.Endpoint, _ question: RedisCommand, _ configuration: RedisConfiguration, within patience: Duration, label: String
    ) async throws(RedisError) -> RedisValue {
        var configuration = configuration
        configuration.database = 0
        configuration.poolSize = 1
        configuration.connectTimeout = patience
        let silent = Logger(label: "redis.discovery") { _ in SwiftLogNoOpLogHandler() }
        let node = RedisNode(configuration, .fixed(endpoint), waitsForServer: false, label: label, logger: silent)
        defer { node.stop() }
        return try await node.send(question, timeout: patience)
    }
}
