import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// The audit log of a running installation, verified by the command line.
    @Suite("audit trail") struct AuditTrailTests {
        private struct Verdict: Decodable {
            struct Fault: Decodable {
                var chain: String
                var sequence: Int
                var kind: String
            }

            var sound: Bool
            var anchors: Int
            var faults: [Fault]
        }

        private static func verify(_ audit: String, _ repository: String, _ directory: TemporaryDirectory, _ more: String...) async throws -> Verdict {
            let log = directory.file("verify-\(UUID().uuidString)")
            let arguments = ["audit", "verify", "--log", audit, "--repository", repository, "--output", "json"] + more
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let command = try ServiceProcess(
                "nephoran", executable: try Executables.path(named: "nephoran"), arguments: arguments, environment: ["PATH": path], log: log)
            let status = try #require(try await command.exitStatus(within: .seconds(60)))
            let text = try String(contentsOfFile: log, encoding: .utf8)
            let verdict = try JSONDecoder().decode(Verdict.self, from: Data(text.utf8))
            #expect(status == (verdict.sound ? 0 : 3), "\(text)")
            return verdict
        }

        @Test("what is done and what is refused is logged and anchored, over a killed gateway, and a changed byte and a cut end are found")
        func whole() async throws {
            let directory = try TemporaryDirectory()
            let keys = directory.file("keys.yaml")
            try "keys:\n  - {name: viewer, key: viewer-key, scopes: [\"intents:read\"]}\n".write(toFile: keys, atomically: true, encoding: .utf8)
            let audit = directory.file("audit")
            let installation = try await Installation.start(
                ["AUDIT_PATH": audit, "AUDIT_ANCHOR_INTERVAL": "1s", "AUTH_KEYS_FILE": keys, "GIT_REPO_URL": directory.file("gitops.git")])
            defer { installation.stop() }
            func verify() async throws -> Verdict { try await Self.verify(audit, directory.file("gitops.git"), directory) }
            var ids: [IntentID] = []
            for number in 0..<10 {
                ids.append(try await installation.gateway.accept("Deploy an AMF in namespace audited-\(number)"))
                if number == 5 { try await installation.killAndRestart(.gateway) }
            }
            for id in ids { _ = try await installation.gateway.settled(id) }
            let stranger = installation.client(.gateway, key: "no such key")
            for _ in 0..<3 { #expect(try await stranger.call("GET", "/v1/intents").status == 401) }
            let viewer = installation.client(.gateway, key: "viewer-key")
            #expect(try await viewer.call("GET", "/v1/audit/entries").status == 403)

            var entries = 0
            let deadline = ContinuousClock.now + .seconds(30)
            var verdict = try await verify()
            while ContinuousClock.now < deadline {
                let refused = try await installation.gateway.call("GET", "/v1/audit/entries?verb=refused")
                let advanced = try await installation.gateway.call("GET", "/v1/audit/entries?limit=500&verb=submit")
                entries = (advanced["items"] as? [Any])?.count ?? 0
                verdict = try await verify()
                if entries == 10, (refused["items"] as? [Any])?.count ?? 0 >= 2, verdict.anchors > 0 { break }
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(entries == 10 && verdict.sound && verdict.anchors > 0)
            // The age of the newest anchor shows that the ref was moved back; nobody but whom the file names has signed.
            let gitops = directory.file("gitops.git")
            #expect(try await Self.verify(audit, gitops, directory, "--max-anchor-age", "1h").sound)
            #expect(try await !Self.verify(audit, gitops, directory, "--max-anchor-age", "0s").sound)
            #expect(try await !Self.verify(audit, "none", directory, "--max-anchor-age", "1h").sound)
            // Every transition of every intent, once.
            for id in ids {
                let record = try await installation.gateway.settled(id)
                let found = try await installation.gateway.call("GET", "/v1/audit/entries?limit=500&intent=\(id)")
                #expect((found["items"] as? [Any])?.count == record.history.count)
            }
            let refused = try await installation.gateway.call("GET", "/v1/audit/entries?verb=refused").text
            #expect(refused.contains("\"who\":\"viewer\"") && refused.contains("\"who\":\"unknown\""))

            let chain = String(format: "p%02d", ids[0].partition)
            let file = "\(audit)/\(chain)/000000000001.ndjson"
            let good = try Data(contentsOf: URL(filePath: file))
            var bad = good
            bad[bad.startIndex + 40] ^= 1
            try bad.write(to: URL(filePath: file))
            let altered = try await verify()
            #expect(altered.faults.map(\.kind) == ["altered"] && altered.faults.map(\.chain) == [chain] && altered.faults.map(\.sequence) == [1])
            let lines = good.split(separator: 10, omittingEmptySubsequences: true)
            try Data(lines.dropLast().flatMap { $0 + [10] }).write(to: URL(filePath: file))
            // As soon as what was there is anchored; heads come from memory, not from the file.
            try await eventually(within: .seconds(30)) { try await verify().faults.map(\.kind) == ["truncated"] }
            let cut = try await verify()
            #expect(cut.faults.map(\.kind) == ["truncated"] && cut.faults.map(\.sequence) == [lines.count])
            try good.write(to: URL(filePath: file))
            #expect(try await verify().sound)
        }
    }
}
