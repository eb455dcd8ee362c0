import AuditLog
import Foundation

/// The heads of the audit log as a repository holds them, of all times.
struct GitAnchors {
    static let ref = "refs/audit/heads"

    let heads: [AuditHead]
    let commits: Int
    /// When the newest was made, as it says itself; nil without one.
    var newest: Date?

    /// - Parameters:
    ///   - repository: a directory, bare or not.
    ///   - allowedSigners: a file as of `ssh-keygen(1)`, ALLOWED SIGNERS: every anchor has to be signed by one of them. Nil: nobody looks.
    /// - Throws: when git is not there, or the repository cannot be read. One without an anchor is none.
    static func read(_ repository: String, allowedSigners: String? = nil) async throws(CommandFailure) -> GitAnchors {
        guard let git = Executables.find("git") else { throw CommandFailure(.usage, "git is not in PATH") }
        let place = ["-c", "safe.directory=*", "-C", repository]
        let refs = try await ToolRun.run(git, place + ["for-each-ref", "--format=%(refname)", Self.ref])
        guard refs.succeeded else { throw CommandFailure(.usage, "\(repository) cannot be read: \(refs.message)") }
        guard !refs.output.isEmpty else { return GitAnchors(heads: [], commits: 0) }
        let log = try await ToolRun.run(git, place + ["rev-list", Self.ref])
        guard log.succeeded else { throw CommandFailure(.refused, "the anchors in \(repository) cannot be read: \(log.message)") }
        let commits = String(decoding: log.output, as: UTF8.self).split(separator: "\n")
        if let allowedSigners { try await self.checkSignatures(of: commits, by: allowedSigners, git, place) }
        let names = commits.map { "\($0):heads.ndjson\n" }.joined()
        let files = try await ToolRun.run(
            git, place + ["cat-file", "--batch=%(objecttype) %(objectsize)"], input: Array(names.utf8), limit: 1 << 30, deadline: .seconds(600))
        guard files.succeeded else { throw CommandFailure(.refused, "the anchors in \(repository) cannot be read: \(files.message)") }
        let time = try await ToolRun.run(git, place + ["log", "-1", "--format=%ct", Self.ref])
        let seconds = TimeInterval(String(decoding: time.output, as: UTF8.self).split(separator: "\n").first ?? "")
        return GitAnchors(heads: try Self.heads(files.output), commits: commits.count, newest: seconds.map { Date(timeIntervalSince1970: $0) })
    }

    /// Commits that are looked at by one process.
    private static let part = 256

    private static func checkSignatures(of commits: [Substring], by signers: String, _ git: String, _ place: [String]) async throws(CommandFailure) {
        guard FileManager.default.isReadableFile(atPath: signers) else { throw CommandFailure(.usage, "cannot read \(signers)") }
        for start in stride(from: 0, to: commits.count, by: Self.part) {
            let some = commits[start..<min(start + Self.part, commits.count)].map(String.init)
            let checked = try await ToolRun.run(
                git, ["-c", "gpg.ssh.allowedSignersFile=\(signers)"] + place + ["verify-commit"] + some, deadline: .seconds(600))
            guard checked.succeeded else {
                throw CommandFailure(.refused, "an anchor is not signed by one of \(signers): \(checked.message)")
            }
        }
    }

    /// What `cat-file --batch` writes: `blob <size>`, the content, a newline.
    static func heads(_ output: [UInt8]) throws(CommandFailure) -> [AuditHead] {
        var heads: Set<AuditHead> = []
        var rest = output[...]
        let decoder = JSONDecoder()
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let header = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            guard header.count == 2, header[0] == "blob", let size = Int(header[1]), size >= 0, rest.count >= end - rest.startIndex + size + 2 else {
                throw CommandFailure(.refused, "an anchor is not what it should be: \(header.joined(separator: " "))")
            }
            let content = rest[(end + 1)..<(end + 1 + size)]
            for line in content.split(separator: UInt8(ascii: "\n")) {
                guard let head = try? decoder.decode(AuditHead.self, from: Data(line)) else {
                    throw CommandFailure(.refused, "an anchor is not what it should be: \(String(decoding: line, as: UTF8.self))")
                }
                heads.insert(head)
            }
            rest = rest[(end + size + 2)...]
        }
        return Array(heads)
    }
}
