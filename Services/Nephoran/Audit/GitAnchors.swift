import AuditLog
import Foundation

/// The heads of the audit log as a repository holds them, of all times.
struct GitAnchors {
    static let ref = "refs/audit/heads"

    let heads: [AuditHead]
    let commits: Int

    /// - Parameter repository: a directory, bare or not.
    /// - Throws: when git is not there, or the repository cannot be read. One without an anchor is none.
    static func read(_ repository: String) async throws(CommandFailure) -> GitAnchors {
        guard let git = Executables.find("git") else { throw CommandFailure(.usage, "git is not in PATH") }
        let place = ["-c", "safe.directory=*", "-C", repository]
        let refs = try await ToolRun.run(git, place + ["for-each-ref", "--format=%(refname)", Self.ref])
        guard refs.succeeded else { throw CommandFailure(.usage, "\(repository) cannot be read: \(refs.message)") }
        guard !refs.output.isEmpty else { return GitAnchors(heads: [], commits: 0) }
        let log = try await ToolRun.run(git, place + ["rev-list", Self.ref])
        guard log.succeeded else { throw CommandFailure(.refused, "the anchors in \(repository) cannot be read: \(log.message)") }
        let commits = String(decoding: log.output, as: UTF8.self).split(separator: "\n")
        let names = commits.map { "\($0):heads.ndjson\n" }.joined()
        let files = try await ToolRun.run(
            git, place + ["cat-file", "--batch=%(objecttype) %(objectsize)"], input: Array(names.utf8), limit: 1 << 30, deadline: .seconds(600))
        guard files.succeeded else { throw CommandFailure(.refused, "the anchors in \(repository) cannot be read: \(files.message)") }
        return GitAnchors(heads: try Self.heads(files.output), commits: commits.count)
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
