import Foundation

/// The bare repository behind a forge: its branch takes no pushes, only what the forge itself merges. Blocking: call it by ``offPool(_:)``.
struct ForgeRepository: Sendable {
    let directory: String

    struct CannotMerge: Error { let reason: String }

    /// Refuses pushes to `main` as a protected branch does.
    func protect() throws {
        let hook = "\(self.directory)/hooks/update"
        try FileManager.default.createDirectory(atPath: "\(self.directory)/hooks", withIntermediateDirectories: true)
        let script = "#!/bin/sh\n[ \"$1\" = refs/heads/main ] || exit 0\necho 'Not allowed to push to protected branch main' >&2\nexit 1\n"
        try script.write(toFile: hook, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    }

    /// Nil for what is not there.
    func commit(_ name: String) -> String? { try? self.git("rev-parse --verify --quiet '\(name)^{commit}'") }

    func differs(_ branch: String) throws -> Bool { try self.git("rev-list --count main..'\(branch)'") != "0" }

    func set(_ ref: String, to commit: String) throws { try self.git("update-ref '\(ref)' \(commit)") }

    func delete(branch: String) throws { try self.git("update-ref -d 'refs/heads/\(branch)'") }

    /// - Returns: the commit that `main` is at then.
    func merge(_ commit: String, by style: FakeForge.MergeStyle, title: String, number: Int) throws -> String {
        let main = try self.git("rev-parse main")
        let merged: String
        switch style {
        case .merge:
            let tree = try self.tree(merging: commit)
            merged = try self.git("commit-tree \(tree) -p \(main) -p \(commit) -m 'Merge pull request #\(number)'")
        case .squash:
            // Neither the words nor the trailers of what is squashed are kept.
            merged = try self.git("commit-tree \(try self.tree(merging: commit)) -p \(main) -m 'Squash pull request #\(number)'")
        case .rebase: merged = try self.rebased(commit)
        }
        try self.git("update-ref refs/heads/main \(merged) \(main)")
        return merged
    }

    private func tree(merging commit: String) throws -> String {
        do {
            return try self.git("merge-tree --write-tree main \(commit)")
        } catch {
            throw CannotMerge(reason: "\(error)")
        }
    }

    /// Always new commits, as where the committer's time is another.
    private func rebased(_ commit: String) throws -> String {
        let place = try TemporaryDirectory()
        let work = place.file("work")
        let commands = [
            "git clone --quiet --shared --no-checkout '\(self.directory)' '\(work)'", "cd '\(work)'", "git checkout --quiet --detach \(commit)",
            "git rebase --quiet --no-ff origin/main", "git rev-parse HEAD", "git push --quiet origin +HEAD:refs/forge/rebased",
        ]
        let output = try Self.run(commands.joined(separator: " && "))
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }

    @discardableResult
    private func git(_ command: String) throws -> String { try Self.run("git --git-dir='\(self.directory)' \(command)") }

    private static func run(_ script: String) throws -> String {
        let person = "export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=Grace GIT_AUTHOR_EMAIL=grace@example.org"
        let output = try Tool.output(["sh", "-c", "\(person) GIT_COMMITTER_NAME=Forge GIT_COMMITTER_EMAIL=forge@example.org; \(script)"])
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
