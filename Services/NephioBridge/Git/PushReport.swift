/// What `git push --porcelain` said.
enum PushReport {
    /// What a server says when somebody else was first, rather than that it does not want the change.
    private static let lostRaces = [
        "lock", "failed to update ref", "already exists", "incorrect old value", "fetch first", "non-fast-forward", "atomic push failure",
        "atomic transaction failed", "atomic push failed",
    ]

    /// What it says when it cannot write: its disk is full, or read-only.
    private static let troubles = ["unpacker error", "index-pack", "unpack-objects", "unable to create temporary", "No space left", "Read-only", "quota"]

    /// Nil when everything was taken.
    static func error(of result: GitOutput) -> GitError? {
        guard !result.succeeded else { return nil }
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        let refused = lines.filter { $0.hasPrefix("!") }.map { $0.split(separator: "\t").last.map(String.init) ?? String($0) }
        let declined = refused.first { reason in reason.hasPrefix("[remote rejected]") && !Self.lostRaces.contains(where: reason.contains) }
        if let declined {
            guard Self.troubles.contains(where: declined.contains) else { return .declined(declined) }
            return .ailing(result.message.isEmpty ? declined : "\(declined): \(result.message)")
        }
        if !refused.isEmpty { return .moved }
        return .remote(result)
    }
}
