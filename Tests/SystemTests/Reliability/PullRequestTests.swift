import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// An installation whose repository is at a forge, behind a branch that takes pull requests only.
    @Suite("pull requests") struct PullRequestTests {
        /// The branch has a commit, as one that is protected does.
        private func begin(_ repository: String) async throws {
            let git = "git -c init.defaultBranch=main -c user.name=Grace -c user.email=grace@example.org"
            let script = "\(git) init -q --bare '\(repository)' && cd '\(repository)' && c=$(\(git) commit-tree -m Begin $(git mktree </dev/null))"
            try await offPool { _ = try Tool.output(["sh", "-c", "\(script) && git update-ref refs/heads/main $c"]) }
        }

        private func with(_ body: (Installation, FakeForge) async throws -> Void) async throws {
            let directory = try TemporaryDirectory()
            try await self.begin(directory.file("gitops.git"))
            let forge = try await FakeForge.start(repository: directory.file("gitops.git"))
            try forge.token.write(toFile: directory.file("token"), atomically: true, encoding: .utf8)
            let installation = try await Installation.start([
                "DELIVERY_MODE": "pull-request", "GIT_REPO_URL": "file://\(directory.file("gitops.git"))", "GIT_MIRROR": directory.file("mirror.git"),
                "FORGE_URL": forge.url, "FORGE_REPOSITORY": forge.name, "FORGE_TOKEN_FILE": directory.file("token"),
            ])
            defer { installation.stop() }
            try await body(installation, forge)
            #expect(forge.violations == [])
            await forge.stop()
        }

        @Test("an intent waits for the merge of its pull request; closed it fails, cancelled it is closed, rolled back it asks again")
        func life() async throws {
            try await self.with { installation, forge async throws in
                let (gateway, path) = (installation.gateway, "default/pulls/amf")
                let first = try await gateway.accept("Deploy an AMF with 2 replicas in namespace pulls")
                try await eventually(within: .seconds(30)) { forge.open == [1] }
                #expect(try await gateway.record(first).phase == .executing)
                try await forge.merge(1)
                #expect(try await gateway.settled(first).phase == .published)
                #expect(try await installation.repository.replicas(of: path) == 2)
                #expect(try await installation.repository.git("tag") == "\(path)/v1\n")

                let second = try await gateway.accept("Scale the AMF in namespace pulls to 3 replicas")
                try await eventually(within: .seconds(30)) { forge.open == [2] }
                forge.close(2)
                let refused = try await gateway.settled(second)
                #expect(refused.phase == .failed && refused.problem?.detail.contains("closed without a merge") == true, "\(refused.problem?.detail ?? "")")

                let third = try await gateway.accept("Scale the AMF in namespace pulls to 4 replicas")
                try await eventually(within: .seconds(30)) { forge.open == [3] }
                _ = try await gateway.decide("cancel", third)
                #expect(try await gateway.settled(third).phase == .cancelled)
                #expect(forge.open == [])

                _ = try await gateway.decide("rollback", first)
                try await eventually(within: .seconds(30)) { forge.open == [4] }
                #expect(try await installation.repository.packages().contains(path))
                try await forge.merge(4, by: .rebase)
                let back = try await gateway.settled(first)
                #expect(back.phase == .rolledBack, "\(back.phase) \(back.problem?.detail ?? "")")
                #expect(try await !installation.repository.packages().contains(path))
                try await installation.queues.untilEmpty()
            }
        }

        @Test("a nephio-bridge that dies between any two steps opens one pull request and publishes once")
        func deaths() async throws {
            try await self.with { installation, forge async throws in
                let process = try installation.process(.bridge)
                func restart(_ environment: [String: String] = [:]) async throws {
                    process.kill()
                    try process.restart(adding: environment)
                    try await installation.untilReady(.bridge)
                }
                for (number, point) in ["pull-pushed", "pull-opened", "pull-adopted"].enumerated() {
                    try await restart(["GIT_FAULT": "crash:\(point)"])
                    let id = try await installation.gateway.accept("Deploy an NRF in namespace deaths-\(number)")
                    if point == "pull-adopted" {
                        try await eventually(within: .seconds(30)) { forge.open == [number + 1] }
                        try await forge.merge(number + 1)
                    }
                    #expect(try await process.exitStatus(within: .seconds(20)) != nil, "\(point): the process did not come to this point")
                    try await restart()
                    if point != "pull-adopted" {
                        try await eventually(within: .seconds(30)) { forge.open == [number + 1] }
                        try await forge.merge(number + 1, by: .squash)
                    }
                    let record = try await installation.gateway.settled(id)
                    #expect(record.phase == .published, "\(point): \(record.phase) \(record.problem?.detail ?? "")")
                    #expect(forge.all.count == number + 1, "\(point)")
                    #expect(try await installation.repository.git("tag").split(separator: "\n").count == number + 1, "\(point)")
                    #expect(try await installation.repository.git("fsck", "--full", "--strict", "--no-dangling") == "", "\(point)")
                }
                try await installation.queues.untilEmpty()
            }
        }
    }
}
