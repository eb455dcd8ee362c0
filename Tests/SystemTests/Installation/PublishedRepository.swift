import Foundation
import IntentModel
import Subprocess

/// What has been published, as git itself tells it.
struct PublishedRepository: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// A commit that an intent has made, by its trailers.
    struct Revision: Hashable, Sendable {
        var intent: String
        /// `<cluster>/<namespace>/<instance>`.
        var path: String
    }

    let directory: String

    @discardableResult func git(_ arguments: String...) async throws -> String { try await self.run(arguments, [:]) }

    @discardableResult func git(_ arguments: [String]) async throws -> String { try await self.run(arguments, [:]) }

    /// With additions to the environment.
    @discardableResult func git(_ environment: [Environment.Key: String], _ arguments: String...) async throws -> String {
        try await self.run(arguments, environment)
    }

    private func run(_ arguments: [String], _ environment: [Environment.Key: String]) async throws -> String {
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(["--git-dir", self.directory] + arguments),
            environment: .inherit.updating(environment.mapValues { Optional($0) }), output: .string(limit: 64 << 20), error: .string(limit: 1 << 16)
        )
        guard result.terminationStatus.isSuccess else { throw Failure(description: "git \(arguments): \(result.standardError)") }
        return result.standardOutput
    }

    func head() async throws -> String { try await self.git("rev-parse", "main").trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Every commit on the branch that carries the trailers of an intent, the newest first; one element per commit.
    func revisions() async throws -> [Revision] { try await self.commits(reversing: false) }

    /// Every commit that takes back what an intent has published.
    func reversals() async throws -> [Revision] { try await self.commits(reversing: true) }

    private func commits(reversing: Bool) async throws -> [Revision] {
        let format = ["Intent-Id", "Nephoran-Instance", "Nephoran-Reverts"].map { "%(trailers:key=\($0),valueonly,separator=%x2C)" }.joined(separator: " ")
        return try await self.git("log", "--format=\(format)", "main").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            return parts.count == (reversing ? 3 : 2) ? Revision(intent: String(parts[0]), path: String(parts[1])) : nil
        }
    }

    /// Every file at the head.
    func files() async throws -> [String] { try await self.git("ls-tree", "-r", "--name-only", "-z", "main").split(separator: "\0").map(String.init) }

    /// `<cluster>/<namespace>/<instance>` of every package at the head.
    func packages() async throws -> Set<String> {
        Set(try await self.files().filter { $0.hasSuffix("/Kptfile") }.map { String($0.dropLast("/Kptfile".count)) })
    }

    /// `spec.replicas` of the package's workload at the head; nil when it has none, or leaves it to an autoscaler.
    func replicas(of path: String) async throws -> Int? {
        for name in ["deployment.yaml", "statefulset.yaml"] {
            guard let text = try? await self.git("show", "main:\(path)/\(name)") else { continue }
            let line = text.split(separator: "\n").first { $0.hasPrefix("  replicas:") }
            return line.flatMap { Int($0.dropFirst("  replicas:".count).trimmingCharacters(in: .whitespaces)) }
        }
        return nil
    }
}
