import GitObjects
import IntentModel

/// The heads of the audit log, on their way into Git.
struct AuditAnchor: Decodable, Sendable {
    struct Head: Decodable, Sendable {
        var chain: String
        var sequence: Int
        var hash: String
    }

    static let maxHeads = 1_024
    /// More entries than a chain can ever have; so many heads of it can still be added up.
    static let maxSequence = 1 << 48

    var at: String
    var heads: [Head]

    /// What is wrong with it; nil when nothing is. It becomes a file and a commit message: nothing in it may be anything but what it says.
    var fault: Problem.Item? {
        guard (1...Self.maxHeads).contains(self.heads.count) else { return .init(pointer: "/heads", detail: "1 to \(Self.maxHeads) heads.") }
        guard (20...30).contains(self.at.utf8.count), self.at.utf8.allSatisfy({ (0x30...0x3a).contains($0) || "-.TZ".utf8.contains($0) }) else {
            return .init(pointer: "/at", detail: "A time such as 2026-05-28T20:26:40.120Z.")
        }
        for (index, head) in self.heads.enumerated() {
            let isName = (1...32).contains(head.chain.utf8.count) && head.chain.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
            guard isName else { return .init(pointer: "/heads/\(index)/chain", detail: "Lower-case letters and digits.") }
            guard (1...Self.maxSequence).contains(head.sequence) else {
                return .init(pointer: "/heads/\(index)/sequence", detail: "A number from 1 to \(Self.maxSequence).")
            }
            guard head.hash.utf8.count == 64, head.hash.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
                return .init(pointer: "/heads/\(index)/hash", detail: "64 hexadecimal digits.")
            }
        }
        return nil
    }

    /// `heads.ndjson`: one head a line, so that `git log -p` shows what moved.
    var file: String {
        self.heads.sorted { $0.chain < $1.chain }.map { "{\"chain\":\"\($0.chain)\",\"sequence\":\($0.sequence),\"hash\":\"\($0.hash)\"}\n" }.joined()
    }

    var message: String { "Anchor the audit log\n\nAudit-Time: \(self.at)\nAudit-Entries: \(self.heads.reduce(0) { $0 + $1.sequence })\n" }
}

extension PackageRepository {
    /// A history of its own, beside the packages: every anchor is a commit on the one before.
    static let auditRef = "refs/audit/heads"
    private static let anchorAttempts = 5

    /// Commits the heads, signed as packages are, and sends them to the remote.
    /// - Returns: the commit.
    func anchor(_ anchor: AuditAnchor) async throws -> ObjectID {
        try await self.turns.take {
            try await self.becomeCurrent(fetching: false)
            var last = GitError.moved
            for attempt in 0..<Self.anchorAttempts {
                do { return try await self.anchorOnce(anchor, fetching: attempt > 0) } catch GitError.moved { last = .moved } catch { throw error }
            }
            throw last
        }
    }

    private func anchorOnce(_ anchor: AuditAnchor, fetching: Bool) async throws(GitError) -> ObjectID {
        if let remote = self.target.remote {
            // A new mirror knows no anchor yet; another bridge may have written one.
            let known = try await Blocking.run { [refs] in try refs.value(of: Self.auditRef) }
            if fetching || known == nil {
                let fetched = try await self.git.run(
                    ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "origin", "+\(Self.auditRef):\(Self.auditRef)"],
                    settings: remote.settings, isolated: false)
                guard fetched.succeeded || fetched.message.contains("couldn't find remote ref") else { throw .unreachable(fetched.message.trimmed) }
            }
        }
        // Also what does not become an anchor leaves a pack behind.
        self.maintenance.count(packs: 1, tags: 0)
        defer { self.maintainIfNeeded() }
        let isHere = self.target.remote == nil
        let (parent, commit) = try await Blocking.run { [packs, refs, signer] in
            let parent = try refs.value(of: Self.auditRef)
            let publication = try PublicationPack(
                file: "heads.ndjson", anchor.file, message: anchor.message, parent: parent, time: CommitTime.now, signer: signer)
            try packs.add(publication.pack)
            guard let commit = publication.ids.last else { throw GitError.moved }
            if isHere { try refs.move(Self.auditRef, from: parent, to: commit) }
            return (parent, commit)
        }
        if let remote = self.target.remote {
            let pushed = try await self.git.run(
                ["push", "--porcelain", "origin", "\(commit):\(Self.auditRef)"], settings: remote.settings, isolated: false)
            if let error = PushReport.error(of: pushed) { throw error }
            try await Blocking.run { [refs] in try refs.move(Self.auditRef, from: parent, to: commit) }
        }
        return commit
    }
}
