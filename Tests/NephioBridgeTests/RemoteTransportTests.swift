import GitObjects
import IntentModel
import TestSupport
import Testing

@testable import NephioBridge

/// Repositories where others keep theirs: behind HTTPS and SSH, by the servers that are used for it.
@Suite struct RemoteTransportTests {
    private let path = "default/core5g/amf"

    @Test("deploy, scale, configure, a conflicting edit by hand, roll back and remove, over HTTPS with a token")
    func https() async throws {
        let store = try TestRepository()
        try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
        let server = try await offPool { try GitHTTPServer(root: store.root) }
        defer { server.stop() }
        let remote = RemoteRepository(url: server.url("gitops.git"), credential: .token(server.token), authorities: server.certificate)
        try await self.journey(store, remote)
    }

    @Test("without the token, or from a host whose certificate nobody vouches for, nothing is published, and the reason is told")
    func strangers() async throws {
        let store = try TestRepository()
        try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
        let server = try await offPool { try GitHTTPServer(root: store.root) }
        defer { server.stop() }
        let url = server.url("gitops.git")
        let strangers = [
            RemoteRepository(url: url, credential: .token("wrong"), authorities: server.certificate),
            RemoteRepository(url: url, credential: .token(server.token)),
        ]
        for (index, stranger) in strangers.enumerated() {
            let repository = PackageRepository(target: .remote(stranger, mirror: "\(store.root)/mirror-\(index).git"), freshness: .zero)
            guard case .failed(let reason, let mayRetry) = await repository.publish([request(store.intent(), self.path, to: package("amf"))])[0] else {
                Issue.record("published")
                continue
            }
            #expect(mayRetry && !reason.contains(server.token))
            #expect(reason.contains(index == 0 ? "does not accept the credentials" : "certificate"), "\(reason)")
        }
        #expect(try await store.ask("for-each-ref") == "")
    }

    @Test("a server that has no room for what is pushed is waited for, and has it once when there is room")
    func noRoom() async throws {
        let store = try TestRepository()
        try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
        let server = try await offPool { try GitHTTPServer(root: store.root) }
        defer { server.stop() }
        let remote = RemoteRepository(url: server.url("gitops.git"), credential: .token(server.token), authorities: server.certificate)
        let repository = PackageRepository(target: .remote(remote, mirror: "\(store.root)/mirror.git"), freshness: .zero)
        try await repository.open()
        let wanted = request(store.intent(), self.path, to: package("amf"))
        try await store.git.output(["config", "receive.maxInputSize", "1"])
        guard case .failed(let reason, let mayRetry) = await repository.publish([wanted])[0] else { return #expect(Bool(false), "published") }
        #expect(mayRetry && reason.contains("cannot take the change now"), "\(reason)")
        try await store.git.output(["config", "--unset", "receive.maxInputSize"])
        guard case .published = await repository.publish([wanted])[0] else { return #expect(Bool(false), "not published") }
        #expect(try await store.ask("rev-list", "--count", "main") == "2")
        await repository.stop()
    }

    @Test("nothing of the environment wins over the authorities and the key that are set, or switches the check off")
    func rivals() {
        let https = RemoteRepository(url: "https://192.0.2.1/x.git", authorities: "/ca.pem")
        for name in ["GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY", "GIT_SSH", "GIT_SSH_COMMAND"] {
            #expect(GitCommand.rivals(of: https.settings).contains(name))
        }
        // Without authorities of its own it trusts whom the machine does.
        #expect(!GitCommand.rivals(of: RemoteRepository(url: "https://192.0.2.1/x.git").settings).contains("GIT_SSL_CAINFO"))
    }

    @Test("the same over SSH with a key, and only to the host that is known")
    func ssh() async throws {
        let store = try TestRepository()
        try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
        let server = try await offPool { try SSHServer() }
        defer { server.stop() }
        let url = "ssh://\(server.user)@127.0.0.1:\(server.port)\(store.directory)"
        try await self.journey(store, RemoteRepository(url: url, ssh: SSHAccess(keyFile: server.clientKey, knownHostsFile: server.knownHosts)))

        let other = try await offPool { try SSHServer() }
        defer { other.stop() }
        let stranger = RemoteRepository(url: url, ssh: SSHAccess(keyFile: server.clientKey, knownHostsFile: other.knownHosts))
        let repository = PackageRepository(target: .remote(stranger, mirror: "\(store.root)/mirror-stranger.git"), freshness: .zero)
        guard case .failed(let reason, true) = await repository.publish([request(store.intent(), self.path, to: package("amf"))])[0] else {
            Issue.record("published to a host that is not known")
            return
        }
        #expect(reason.contains("Host key verification failed"), "\(reason)")
    }

    private func journey(_ store: TestRepository, _ remote: RemoteRepository) async throws {
        let repository = PackageRepository(target: .remote(remote, mirror: "\(store.root)/mirror.git"), freshness: .zero)
        let (one, three, five) = (package("amf", replicas: 1), package("amf", replicas: 3), package("amf", replicas: 5))
        #expect(await repository.publish([request(store.intent(), self.path, to: one)])[0].packages?.first?.revision == "v1")
        #expect(await repository.publish([request(store.intent(), self.path, from: one, to: three, verb: .scale)])[0].packages?.first?.revision == "v2")
        var configured = three
        configured[2].content = "log: debug\n"
        let debug = request(store.intent(), self.path, from: three, to: configured, verb: .configure)
        #expect(await repository.publish([debug])[0].packages?.first?.revision == "v3")
        #expect(try await store.ask("show", "main:\(self.path)/config/amf.conf") == "log: debug")
        try await store.personWrites("\(self.path)/workload.yaml", three[1].content.replacing("replicas: 3", with: "replicas: 9"))
        #expect(await repository.publish([request(store.intent(), self.path, from: configured, to: five, verb: .scale)]) == [.conflict(path: self.path)])
        let edited = try #require(try await repository.files(path: self.path))
        #expect(edited.contains { $0.content.contains("replicas: 9") } && edited.contains { $0.content == "log: debug\n" })
        #expect(await repository.publish([request(store.intent(), self.path, from: edited, to: one, verb: .rollback)])[0].packages?.first?.revision == "v4")
        #expect(try await repository.files(path: self.path) == one.sorted { $0.path < $1.path })
        #expect(await repository.publish([request(store.intent(), self.path, from: one, to: nil, verb: .remove)])[0].packages?.first?.revision == "v5")
        // Of the repository itself, not of the mirror.
        #expect(
            try await store.ask("log", "--format=%s", "--reverse", "main").split(separator: "\n").suffix(6).map { $0.split(separator: " ")[0] } == [
                "Deploy", "Scale", "Configure", "Fix", "Rollback", "Remove",
            ])
        #expect(try await store.ask("tag").split(separator: "\n").count == 5)
        #expect(try await store.ask("fsck", "--full", "--strict") == "")
        #expect(try await store.ask("ls-tree", "-r", "--name-only", "main").contains(self.path) == false)
    }
}
