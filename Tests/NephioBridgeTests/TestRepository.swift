import Foundation
import GitObjects
import IntentModel
import Synchronization

@testable import NephioBridge

/// A real repository in a directory of its own, and what tests do with it.
final class TestRepository: Sendable {
    let root: String
    let directory: String
    let git: GitCommand
    private let counter = Mutex(0)
    private let ownsRoot: Bool

    /// A further one in the directory of another, which outlives it.
    init(root: String, name: String) {
        self.root = root
        self.directory = "\(root)/\(name)"
        self.git = GitCommand(directory: self.directory)
        self.ownsRoot = false
    }

    init() throws {
        self.ownsRoot = true
        self.root = FileManager.default.temporaryDirectory.appending(path: "packages-\(UUID().uuidString)").path
        self.directory = self.root + "/gitops.git"
        self.git = GitCommand(directory: self.directory)
        try FileManager.default.createDirectory(atPath: self.root, withIntermediateDirectories: true)
    }

    deinit {
        guard self.ownsRoot else { return }
        try? FileManager.default.removeItem(atPath: self.root)
    }

    /// One process's view. Reads always look at the branch, so that tests need not wait.
    func open(git executable: String = "git") -> PackageRepository {
        PackageRepository(target: .directory(self.directory), freshness: .zero, git: executable)
    }

    /// A process that publishes to this repository as a remote, through a mirror of its own.
    func openRemotely(_ name: String, git executable: String = "git") -> PackageRepository {
        PackageRepository(
            target: .remote(RemoteRepository(url: self.directory), mirror: "\(self.root)/mirror-\(name).git"), freshness: .zero, git: executable
        )
    }

    func intent() -> IntentID { IntentID(partition: 0, milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

    /// What git itself says, without the newline.
    func ask(_ arguments: String...) async throws -> String { String(decoding: try await self.git.output(arguments), as: UTF8.self).trimmed }

    /// Number of package commits on the branch.
    func revisions() async throws -> Int { Int(try await self.ask("rev-list", "--count", "main")).map { $0 - 1 } ?? -1 }

    /// Number of packs.
    func packs() async throws -> Int {
        let counts = try await self.ask("count-objects", "-v").split(separator: "\n")
        return counts.first { $0.hasPrefix("packs: ") }.flatMap { Int($0.dropFirst(7)) } ?? .max
    }

    /// A commit by a person, who knows nothing of trailers and tags.
    func personWrites(_ path: String, _ content: String?) async throws {
        let message = "Fix by hand"
        let change = content.map { "M 100644 inline \(path)\ndata \($0.utf8.count)\n\($0)\n" } ?? "D \(path)\n"
        let stream = """
            feature done
            commit refs/heads/main
            committer Grace <grace@example.org> \(CommitTime.now.seconds) +0000
            data \(message.utf8.count)
            \(message)
            from refs/heads/main^0
            \(change)
            done

            """
        try await self.git.output(["fast-import", "--quiet"], input: Array(stream.utf8))
    }

    /// A `git` that does `instead` the first `times` times it is asked for `command`, and is the real one otherwise.
    /// In `instead`, `git "$@"` is the real command with the real input.
    func failingGit(_ command: String, times: Int = 1, instead: String) throws -> String {
        let number = self.counter.withLock { counter in
            counter += 1
            return counter
        }
        let script = """
            #!/bin/sh
            for argument in "$@"; do
              if [ "$argument" = \(command) ] && [ "$(cat \(self.root)/failures-\(number) 2>/dev/null | wc -l)" -lt \(times) ]; then
                echo failed >> \(self.root)/failures-\(number)
                \(instead)
              fi
            done
            exec git "$@"

            """
        let path = "\(self.root)/git-\(number)"
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}

/// Files of a small package.
func package(_ instance: String, replicas: Int = 1, function: String = "AMF") -> [PackageFile] {
    [
        PackageFile(
            path: "Kptfile",
            content: "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: \(instance)\n  labels:\n    nephoran.com/function: \(function)\n"),
        PackageFile(
            path: "workload.yaml",
            content:
                "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: \(instance)\nspec:\n  replicas: \(replicas)\n  template:\n    spec:\n      containers: []\n"
        ),
        PackageFile(path: "config/\(instance).conf", content: "log: info\n"),
    ]
}

/// A request for one package: its files before and after, nil where it does not exist.
func request(
    _ intent: IntentID, _ path: String, from before: [PackageFile]? = nil, to after: [PackageFile]?, verb: Verb = .deploy, function: String = "AMF",
    repeated: Bool = false
) -> PublishRequest {
    PublishRequest(
        intentId: intent, createdAt: CommitTime.now.description, changes: [change(path, from: before, to: after, function: function)],
        files: after.map { [path: $0] } ?? [:], verb: verb, summary: "Deploy an AMF", mayBeRepeat: repeated
    )
}

func change(_ path: String, from before: [PackageFile]? = nil, to after: [PackageFile]?, function: String = "AMF") -> PackageChange {
    let parts = path.split(separator: "/").map(String.init)
    return PackageChange(
        instance: parts.last ?? "", path: path, function: function, cluster: parts.first ?? "", namespace: parts.count > 1 ? parts[1] : "",
        change: after == nil ? .delete : before == nil ? .create : .update, base: before.map { GitTree.id(of: $0) }, result: after.map { GitTree.id(of: $0) },
        figures: [Figure(name: "replicas", value: "1", source: .default, reason: "nothing was said")]
    )
}

extension PublishResult {
    var packages: [PublishedPackage]? { if case .published(let packages) = self { packages } else { nil } }
    var isConflict: Bool { if case .conflict = self { true } else { false } }
}

extension TestRepository {
    /// What a git that was killed while it held a ref leaves behind.
    func leaveLock(at name: String, age: Double) throws {
        let path = self.directory + "/" + name
        try "".write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    }
}

extension TestRepository {
    /// As a server that protects the branch does.
    func refusePushes() throws {
        try FileManager.default.createDirectory(atPath: self.directory + "/hooks", withIntermediateDirectories: true)
        let hook = self.directory + "/hooks/pre-receive"
        try "#!/bin/sh\necho no >&2\necho no >> refusals\nexit 1\n".write(toFile: hook, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    }
}
