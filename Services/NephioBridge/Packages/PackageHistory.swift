import IntentModel

/// One commit of a package's directory, by an intent or a person.
struct PackageHistoryEntry: Encodable, Equatable {
    /// Of a publication; nil where a person's commit made none.
    var revision: String?
    var commit: String
    var at: String
    /// The commit's author.
    var by: String
    /// The intent that published, or undid, it.
    var intentId: String?
    var change: String?
    var subject: String
}

extension PackageRepository {
    static let maxHistory = 200

    /// The commits that changed a package's directory, newest first, also of one that is gone.
    func history(of path: PackagePath, limit: Int) async throws -> [PackageHistoryEntry] {
        try await self.becomeFresh()
        // Nothing that was ever there is looked for in all of history.
        guard self.index.entries[path] != nil || self.index.revision(of: path) > 0 else { return [] }
        let trailers = CommitMessage.Trailer.allCases.map { "%(trailers:key=\($0.rawValue),valueonly=true,unfold=true,separator=%x20)" }
        let output = try await self.git.output(
            [
                "log", "--no-color", "--no-show-signature", "--max-count=\(limit)", "--first-parent", "-m", "--no-patch",
                "--format=%x02" + (["%H", "%ct", "%an", "%s"] + trailers).joined(separator: "%n"), self.headRef, "--", path.description,
            ])
        return output.split(separator: 2).compactMap { block in
            let lines = block.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            guard lines.count >= 4 + trailers.count, let seconds = Int64(lines[1]) else { return nil }
            let said = Array(lines[4..<(4 + trailers.count)])
            // A batch is one commit a package; a person's commit carries no trailers, or others' names.
            let isPublication = PackagePath(said[1]) == path
            return PackageHistoryEntry(
                revision: isPublication && !said[2].isEmpty ? said[2] : nil, commit: lines[0], at: CommitTime(seconds: seconds).description, by: lines[2],
                intentId: isPublication ? IntentID(said[0])?.description : nil, change: isPublication && !said[3].isEmpty ? said[3] : nil, subject: lines[3])
        }
    }
}
