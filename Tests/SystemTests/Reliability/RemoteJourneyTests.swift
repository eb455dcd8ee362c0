import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// The life of a package whose repository is a server's, from the sentence to what that server has.
    @Suite("remote journeys") struct RemoteJourneyTests {
        enum Transport: String, CaseIterable { case https, ssh }

        @Test(
            "deploy, scale, configure, a conflicting edit by hand, roll back and remove, at a real Git server",
            arguments: Transport.allCases)
        func journey(_ transport: Transport) async throws {
            let directory = try TemporaryDirectory()
            let store = PublishedRepository(directory: directory.file("gitops.git"))
            try await store.git("init", "--quiet", "--bare", "--initial-branch=main", store.directory)
            var settings = ["GIT_MIRROR": directory.file("mirror.git")]
            let stop: @Sendable () -> Void
            switch transport {
            case .https:
                let server = try await offPool { try GitHTTPServer(root: directory.path) }
                stop = { server.stop() }
                let token = directory.file("token")
                try server.token.write(toFile: token, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: token)
                settings.merge(["GIT_REPO_URL": server.url("gitops.git"), "GIT_TOKEN_FILE": token, "GIT_CA_FILE": server.certificate]) { $1 }
            case .ssh:
                let server = try await offPool { try SSHServer() }
                stop = { server.stop() }
                settings.merge([
                    "GIT_REPO_URL": "ssh://\(server.user)@127.0.0.1:\(server.port)\(store.directory)", "GIT_SSH_KEY_FILE": server.clientKey,
                    "GIT_SSH_KNOWN_HOSTS_FILE": server.knownHosts,
                ]) { $1 }
            }
            defer { stop() }
            let installation = try await Installation.start(settings)
            defer { installation.stop() }
            try await Self.life(installation.gateway, store, mirror: directory.file("mirror.git"))
        }

        private static let path = "default/journey/amf"

        private static func life(_ gateway: Gateway, _ store: PublishedRepository, mirror: String) async throws {
            var made: [String] = []
            func done(_ sentence: String) async throws -> IntentRecord {
                var record = try await gateway.submit(sentence)
                if record.phase == .awaitingApproval {
                    _ = try await gateway.decide("approve", record.id)
                    record = try await gateway.settled(record.id)
                }
                #expect(record.phase == .published, "\(sentence): \(Self.why(record))")
                made.append(record.id.description)
                return record
            }
            func shown(_ file: String) async throws -> String { try await store.git("show", "main:\(Self.path)/\(file)") }

            _ = try await done("Deploy an AMF with 2 replicas in namespace journey")
            #expect(try await store.replicas(of: Self.path) == 2)
            _ = try await done("Scale the AMF in namespace journey to 4 replicas")
            #expect(try await store.replicas(of: Self.path) == 4)
            _ = try await done("Configure the AMF in namespace journey with 4 GB of memory and encryption enabled")
            #expect(try await shown("configmap.yaml").contains("encryption: true"))
            #expect(try await shown("deployment.yaml").contains("memory: 4Gi"))

            // A person who knows nothing of intents.
            let text = try await shown("deployment.yaml")
            try await store.write("\(Self.path)/deployment.yaml", text.replacing("replicas: 4", with: "replicas: 6"))
            let scaled = try await gateway.submit("Scale the AMF in namespace journey to 5 replicas")
            let question = try #require(scaled.clarifications?.first, "\(Self.why(scaled))")
            #expect(scaled.phase == .awaitingClarification && question.field == "targets.replicas" && question.options == ["5", "6"])
            #expect(try await store.replicas(of: Self.path) == 6)
            let answer = #"{"answers": [{"expectation": "\#(question.expectation)", "field": "targets.replicas", "value": 5}]}"#
            _ = try await gateway.decide("clarify", scaled.id, json: answer)
            let answered = try await gateway.settled(scaled.id)
            #expect(answered.phase == .published, "\(Self.why(answered))")
            #expect(try await store.replicas(of: Self.path) == 5)
            made.append(scaled.id.description)

            // Back to what the person had made of it.
            _ = try await gateway.decide("rollback", scaled.id)
            let undone = try await gateway.settled(scaled.id)
            #expect(undone.phase == .rolledBack, "\(Self.why(undone))")
            #expect(try await store.replicas(of: Self.path) == 6)
            #expect(try await shown("deployment.yaml").contains("memory: 4Gi"))
            #expect(try await store.reversals() == [.init(intent: scaled.id.description, path: Self.path)])

            _ = try await done("Remove the AMF in namespace journey")
            #expect(try await store.packages().isEmpty)

            // Each once, in one line, and nothing left behind on either side.
            #expect(try await store.revisions().reversed().map(\.intent) == made)
            #expect(try await store.git("rev-list", "--count", "--merges", "main") == "0\n")
            for directory in [store.directory, mirror] {
                #expect(try await PublishedRepository(directory: directory).git("fsck", "--full", "--strict", "--no-dangling").isEmpty)
                let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
                #expect(names.filter { $0.hasSuffix(".lock") && $0 != "nephoran.lock" } == [], "\(directory)")
            }
        }

        private static func why(_ record: IntentRecord) -> String {
            "\(record.phase) \(record.problem?.detail ?? "") \(record.clarifications?.map(\.question) ?? [])"
        }
    }
}

extension PublishedRepository {
    /// A commit by a person, on top of the branch.
    fileprivate func write(_ path: String, _ content: String) async throws {
        let file = try TemporaryDirectory()
        let name = file.file("content")
        try content.write(toFile: name, atomically: true, encoding: .utf8)
        func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
        let blob = trimmed(try await self.git("hash-object", "-w", name))
        let index = file.file("index")
        try await self.git(["GIT_INDEX_FILE": index], "read-tree", "main")
        try await self.git(["GIT_INDEX_FILE": index], "update-index", "--add", "--cacheinfo", "100644,\(blob),\(path)")
        let tree = trimmed(try await self.git(["GIT_INDEX_FILE": index], "write-tree"))
        let commit = trimmed(
            try await self.git(
                [
                    "GIT_AUTHOR_NAME": "Grace", "GIT_AUTHOR_EMAIL": "grace@example.org", "GIT_COMMITTER_NAME": "Grace",
                    "GIT_COMMITTER_EMAIL": "grace@example.org",
                ], "commit-tree", tree, "-p", "main", "-m", "Fix by hand"))
        try await self.git("update-ref", "refs/heads/main", commit)
    }
}
