import Foundation
import IntentModel
import Subprocess

/// The git on this machine, on a repository of its own.
struct RealGit {
    struct Failure: Error { let arguments: [String] }

    let directory: URL

    init() async throws {
        self.directory = FileManager.default.temporaryDirectory.appending(path: "git-objects-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        try await self.run(["init", "--quiet", "--initial-branch=main"])
    }

    /// The repository itself.
    var repository: String { self.directory.path + "/.git" }

    /// What git prints, without the space around it.
    func ask(_ arguments: String...) async throws -> String { try await self.run(arguments) }

    func ask(_ arguments: [String]) async throws -> String { try await self.run(arguments) }

    /// Of an object, as it is.
    func content(of id: String) async throws -> [UInt8] {
        let kind = try await self.run(["cat-file", "-t", id])
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(["-C", self.directory.path, "cat-file", kind, id]), output: .bytes(limit: 1 << 20), error: .discarded)
        guard result.terminationStatus.isSuccess else { throw Failure(arguments: ["cat-file", id]) }
        return result.standardOutput
    }

    /// Adds `files` to a work tree and returns what `git write-tree` makes of it.
    func tree(of files: [PackageFile]) async throws -> String {
        for name in try FileManager.default.contentsOfDirectory(atPath: self.directory.path) where name != ".git" {
            try FileManager.default.removeItem(at: self.directory.appending(path: name))
        }
        for file in files {
            let url = self.directory.appending(path: file.path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.content.utf8).write(to: url)
        }
        try await self.run(["add", "--all", "--force"])
        return try await self.run(["write-tree"])
    }

    func blob(of content: [UInt8]) async throws -> String { try await self.run(["hash-object", "--stdin"], input: content) }

    func remove() { try? FileManager.default.removeItem(at: self.directory) }

    @discardableResult
    private func run(_ arguments: [String], input: [UInt8] = []) async throws -> String {
        let result = try await Subprocess.run(
            .name("git"),
            arguments: Arguments(["-C", self.directory.path, "-c", "core.autocrlf=false", "-c", "user.name=A", "-c", "user.email=a@b"] + arguments),
            input: .array(input), output: .string(limit: 16 << 20), error: .discarded
        )
        guard result.terminationStatus.isSuccess else { throw Failure(arguments: arguments) }
        return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
