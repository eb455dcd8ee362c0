import Foundation

/// A pull request as a forge tells it, as far as Gitea (and Forgejo) and GitHub agree.
///
/// Source: Gitea, modules/structs/pull.go; GitHub REST API, "Pull requests".
struct PullRequest: Sendable, Equatable, Decodable {
    struct Branch: Sendable, Equatable, Decodable {
        /// `branch`, or `owner:branch`.
        var label: String
        /// The branch; of one that is gone, Gitea names the forge's own ref instead.
        var ref: String
        var sha: String

        func isNamed(_ branch: String) -> Bool { self.ref == branch || self.label == branch || self.label.hasSuffix(":\(branch)") }
    }

    enum State: String, Sendable, Decodable { case open, closed }

    var number: Int
    var state: State
    /// When it was merged; nil when it was not.
    var mergedAt: String?
    /// Before the merge, what a merge would be.
    var mergeCommit: String?
    var head: Branch
    var base: Branch
    /// RFC 3339.
    var createdAt: String
    /// For people.
    var page: String?

    var isMerged: Bool { self.mergedAt != nil }

    private enum CodingKeys: String, CodingKey {
        case number, state, head, base
        case mergedAt = "merged_at"
        case mergeCommit = "merge_commit_sha"
        case createdAt = "created_at"
        case page = "html_url"
    }
}
