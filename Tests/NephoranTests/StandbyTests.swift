import Foundation
import Testing

@testable import Nephoran

/// The processes of a rollout, as plans.
@Suite struct StandbyTests {
    private func plan() throws -> UpPlan {
        try UpPlan(
            portBase: 9_000, redis: nil, config: nil, directory: DataDirectory(planned: "/data"), release: Release(colour: "blue", directory: "/old"),
            redisServer: "/bin/redis-server", environment: [:])
    }

    @Test("the same services by other executables, in another colour, on the same ports")
    func successors() throws {
        let (plan, target) = (try self.plan(), Release(colour: "green", directory: "/new"))
        for (before, after) in zip(plan.processes.filter { $0.role == .service }, plan.services(of: target)) {
            #expect(after.name == before.name && after.port == before.port && after.address == before.address)
            #expect(before.environment["COLOUR"] == "blue" && after.environment["COLOUR"] == "green" && after.executable == "/new/\(before.name)")
            var same = after.environment
            same["COLOUR"] = "blue"
            #expect(same == before.environment)
        }
    }

    @Test("beside the others they call each other, and write nothing that has one writer")
    func standby() throws {
        let standby = try self.plan().standby(of: Release(colour: "green", directory: "/new"), ports: Array(21_000...21_005))
        #expect(standby.map(\.name) == UpPlan.services.map { "\($0)@green" } && standby.map(\.service) == UpPlan.services)
        for (index, process) in standby.enumerated() {
            #expect(process.isStandby && process.port == 21_000 + index && process.environment["PORT"] == "\(21_000 + index)")
            #expect(process.environment["NEPHIO_BRIDGE_URL"] == "http://127.0.0.1:21005")
            #expect(process.environment["ARCHIVE_PATH"] == "" && process.environment["CACHE_REDIS_URL"] == "")
            #expect(process.environment["KNOWLEDGE_STORE"] == "/data/preview/knowledge.sqlite")
            // For when it is active, until the listeners are its own.
            #expect(process.environment["GIT_REPO_URL"] == "/data/gitops.git" && process.environment["REDIS_URL"] == "redis+unix:///data/redis/redis.sock")
            #expect(process.environment["GIT_PREVIEW_DIRECTORY"] == "/data/preview/gitops.git")
        }
    }

    @Test("what was promoted is what is started next time")
    func release() throws {
        let path = NSTemporaryDirectory() + "release-\(UUID().uuidString)"
        let directory = try DataDirectory(path: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Release.promoted(in: directory) == nil)
        let release = Release(colour: "green", directory: "/new")
        try release.keep(in: directory)
        #expect(try Release.promoted(in: directory) == release && release.other == "blue")
        try Data("{".utf8).write(to: URL(fileURLWithPath: directory.file(Release.file)))
        #expect(throws: CommandFailure.self) { try Release.promoted(in: directory) }
    }
}
