import Foundation
import IntentModel
import TestSupport
import Testing

@testable import NephioBridge

/// Many repositories behind one Git server that turns every tenth push away.
@Suite struct RejectedPushTests {
    private static let isEndurance = ProcessInfo.processInfo.environment["NEPHORAN_ENDURANCE"] != nil
    private static let clusters = Self.isEndurance ? 20 : 5
    private static let intents = Self.isEndurance ? 100 : 20
    private static let packages = 10

    /// One cluster's repository at the server, and who writes to it.
    private struct Site: Sendable {
        let name: String
        let store: TestRepository
        let bridge: PackageRepository

        /// Of a repository below the server's root.
        static func make(_ number: Int, root: TestRepository, server: GitHTTPServer) async throws -> Site {
            let name = "cluster-\(number)"
            let store = TestRepository(root: root.root, name: "\(name).git")
            try await store.git.output(["init", "--quiet", "--bare", "--initial-branch=main"])
            try store.rejectEveryTenthPush()
            let remote = RemoteRepository(url: server.url("\(name).git"), credential: .token(server.token), authorities: server.certificate)
            let bridge = PackageRepository(target: .remote(remote, mirror: "\(root.root)/mirror-\(name).git"), freshness: .zero)
            return Site(name: name, store: store, bridge: bridge)
        }

        /// As the stage does it: again while it may be tried again.
        func publish(_ requests: [PublishRequest]) async throws -> [PublishResult] {
            var results = await self.bridge.publish(requests)
            for _ in 0..<20 {
                let open = results.indices.filter { if case .failed(_, mayRetry: true) = results[$0] { true } else { false } }
                guard !open.isEmpty else { break }
                // The stage waits between two attempts, too; each looks again at what was published.
                try await Task.sleep(for: .milliseconds(50))
                let repeated = open.map { index in
                    var request = requests[index]
                    request.mayBeRepeat = true
                    return request
                }
                for (index, result) in zip(open, await self.bridge.publish(repeated)) { results[index] = result }
            }
            return results
        }

        /// Deployments, then one scaling after the other, a few packages at a time.
        func life(_ count: Int) async throws -> [IntentID] {
            var replicas: [Int: Int] = [:]
            var done: [IntentID] = []
            var next = 0
            while next < count {
                let batch = (next..<min(next + 1 + next % 3, count)).map { number in
                    let index = number % RejectedPushTests.packages
                    let before = replicas[index].map { package("amf-\(index)", replicas: $0) }
                    let after = package("amf-\(index)", replicas: (replicas[index] ?? 0) + 1)
                    replicas[index, default: 0] += 1
                    return request(self.store.intent(), "\(self.name)/core5g/amf-\(index)", from: before, to: after, verb: before == nil ? .deploy : .scale)
                }
                next += batch.count
                for (request, result) in zip(batch, try await self.publish(batch)) {
                    #expect(result.packages?.count == 1, "\(self.name): \(result)")
                    done.append(request.intentId)
                }
            }
            return done
        }
    }

    @Test("every intent of every cluster is published exactly once, in one line, and nothing is left", .timeLimit(.minutes(30)))
    func everyTenth() async throws {
        let root = try TestRepository()
        let server = try await offPool { try GitHTTPServer(root: root.root) }
        defer { server.stop() }
        var sites: [Site] = []
        for number in 0..<Self.clusters { sites.append(try await .make(number, root: root, server: server)) }
        let lives = try await withThrowingTaskGroup(of: (Int, [IntentID]).self) { group in
            for (index, site) in sites.enumerated() { group.addTask { (index, try await site.life(Self.intents)) } }
            return try await group.reduce(into: [Int: [IntentID]]()) { $0[$1.0] = $1.1 }
        }
        var rejected = 0
        for (index, site) in sites.enumerated() {
            let own = try #require(lives[index])
            let trailers = try await site.store.ask("log", "--format=%(trailers:key=Intent-Id,valueonly,separator=%x2C)", "main")
            #expect(trailers.split(separator: "\n").map(String.init).sorted() == own.map(\.description).sorted(), "\(site.name)")
            #expect(try await site.store.ask("rev-list", "--count", "--merges", "main") == "0")
            #expect(try await site.store.ask("tag").split(separator: "\n").count == Self.intents)
            for number in 0..<Self.packages {
                let text = try await site.store.ask("show", "main:\(site.name)/core5g/amf-\(number)/workload.yaml")
                #expect(text.contains("replicas: \(Self.intents / Self.packages)\n"), "\(site.name) amf-\(number)")
            }
            for directory in [site.store.directory, "\(root.root)/mirror-\(site.name).git"] {
                #expect(try await GitCommand(directory: directory).output(["fsck", "--full", "--strict", "--no-dangling"]).isEmpty, "\(directory)")
                let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
                #expect(names.filter { $0.hasSuffix(".lock") && $0 != "nephoran.lock" } == [], "\(directory)")
            }
            rejected += try site.store.rejectedPushes()
            await site.bridge.stop()
        }
        #expect(rejected >= Self.clusters, "\(rejected) pushes were rejected")
    }
}

extension TestRepository {
    fileprivate func rejectEveryTenthPush() throws {
        let script = """
            #!/bin/sh
            exec 9>turn
            flock 9
            number=$(($(cat pushes 2>/dev/null || echo 0) + 1))
            echo $number > pushes
            [ $((number % 10)) -ne 0 ] && exit 0
            echo $number >> rejected
            echo 'not this one' >&2
            exit 1

            """
        try FileManager.default.createDirectory(atPath: self.directory + "/hooks", withIntermediateDirectories: true)
        let hook = self.directory + "/hooks/pre-receive"
        try script.write(toFile: hook, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    }

    fileprivate func rejectedPushes() throws -> Int {
        guard let text = try? String(contentsOfFile: self.directory + "/rejected", encoding: .utf8) else { return 0 }
        return text.split(separator: "\n").count
    }
}
