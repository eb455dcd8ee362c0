import Foundation
import Hummingbird
import HummingbirdTesting
import RedisClient
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// What is said of a Redis that answers and takes no writes.
@Suite struct LedgerHealthTests {
    @Test(
        "a ledger that refuses writes is down, with the reason, and up again when it takes them",
        arguments: [
            (["min-replicas-to-write", "1"], ["min-replicas-to-write", "0"], "NOREPLICAS", "too few replicas follow it"),
            (["maxmemory", "1"], ["maxmemory", "0"], "OOM", "its memory is full"),
        ])
    func refused(_ breaking: [String], _ mending: [String], _ code: String, _ reason: String) async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.gateway { client in
                try await eventually { try await Self.redis(client)["state"] as? String == "up" }
                try await fixture.server.send("CONFIG", "SET", breaking[0], breaking[1])
                try await Self.isDown(client, code, reason)
                let refused = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#)
                #expect(
                    refused.status == .serviceUnavailable && refused.text.contains("ledger_unavailable") && refused.text.contains(reason), "\(refused.text)")
                try await fixture.server.send("CONFIG", "SET", mending[0], mending[1])
                try await eventually { try await Self.redis(client)["state"] as? String == "up" }
                #expect(try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#).status == .accepted)
            }
        }
    }

    @Test("one whose disk cannot be written says MISCONF, and health says so, too")
    func disk() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.gateway { client in
                try await eventually { try await Self.redis(client)["state"] as? String == "up" }
                // A snapshot into a directory that is gone fails as one on a full disk does.
                try await fixture.server.send("CONFIG", "SET", "save", "3600 1000000")
                try FileManager.default.removeItem(atPath: fixture.server.directory.path)
                try await fixture.server.send("BGSAVE")
                try await Self.isDown(client, "MISCONF", "its disk cannot be written")
            }
        }
    }

    @Test("one that ends at a write is down, and so it is when it was started again")
    func ends() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.gateway { client in
                try await eventually { try await Self.redis(client)["state"] as? String == "up" }
                let info = try await fixture.server.send("INFO", "server").string ?? ""
                let line = try #require(info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("process_id:") })
                let process = try #require(Int32(line.dropFirst("process_id:".count)))
                // No file of it may grow: as on a full disk, the next write is its last.
                _ = try await offPool { try Tool.output(["prlimit", "--pid", "\(process)", "--fsize=1"]) }
                #expect(try await fixture.server.send("PING").string == "PONG")
                try await Self.isDown(client, "redis", "its disk may be full", within: .seconds(15))
            }
        }
    }

    /// What `/health` says of the ledger's Redis; a router without a server is never ready.
    private static func redis(_ client: some TestClientProtocol) async throws -> [String: Any] {
        let report = try await client.get("/health", as: "root-key").json()
        return (report["dependencies"] as? [[String: Any]])?.first { $0["name"] as? String == "redis" } ?? [:]
    }

    private static func isDown(_ client: some TestClientProtocol, _ code: String, _ reason: String, within limit: Duration = .seconds(5)) async throws {
        try await eventually(within: limit) {
            let redis = try await Self.redis(client)
            let detail = redis["detail"] as? String ?? ""
            return redis["state"] as? String == "down" && redis["required"] as? Bool == true && detail.contains(code) && detail.contains(reason)
        }
    }
}
