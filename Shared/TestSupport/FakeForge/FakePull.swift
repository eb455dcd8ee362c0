import JSONSchema

/// One pull request as a forge keeps it.
struct FakePull: Sendable {
    var number: Int
    var title: String
    var body: String
    /// Branches.
    var head: String
    var base: String
    /// The last commit of the head.
    var sha: String
    var createdAt: String
    var isOpen = true
    var mergedAt: String?
    var mergeCommit: String?
    var hasBranch = true

    /// As the forge's API shows it; GitHub's lists tell less.
    func json(_ kind: FakeForge.Kind, owner: String, inList: Bool) -> JSONValue {
        let isGitea = kind == .gitea
        func branch(_ name: String, _ sha: String, exists: Bool) -> JSONValue {
            [
                "label": .string(isGitea ? name : "\(owner):\(name)"), "ref": .string(isGitea && !exists ? "refs/pull/\(self.number)/head" : name),
                "sha": .string(sha),
            ]
        }
        var value: JSONValue = [
            "number": .number(Double(self.number)), "title": .string(self.title), "body": .string(self.body), "state": .string(self.isOpen ? "open" : "closed"),
            "created_at": .string(self.createdAt), "html_url": .string("https://forge.example.org/pulls/\(self.number)"),
            "head": branch(self.head, self.sha, exists: self.hasBranch), "base": branch(self.base, self.sha, exists: true),
            "merged_at": self.mergedAt.map { .string($0) } ?? .null,
            // GitHub shows what a merge would be before there is one.
            "merge_commit_sha": (self.mergeCommit ?? (isGitea ? nil : self.sha)).map { .string($0) } ?? .null,
        ]
        if isGitea || !inList { value["merged"] = self.mergedAt == nil ? false : true }
        return value
    }
}
