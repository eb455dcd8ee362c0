import GitObjects
import IntentModel

/// A package revision that is not published yet, as a branch: `drafts/<package>/<workspace>` or `proposed/<package>/<workspace>`, the names of Porch
/// (nephio-project/porch, pkg/externalrepo/git/ref.go). The workspace is the revision it would be, `v3`, or `v3-2` where that is another intent's.
struct DraftBranch: Sendable, Equatable {
    enum Lifecycle: String, CaseIterable, Sendable { case drafts, proposed }

    /// Where showing a proposal may be interrupted.
    enum Point: String, CaseIterable, Sendable {
        case written = "draft-written"
        case drafted = "draft-drafted"
        case proposed = "draft-proposed"
        case removed = "draft-removed"
    }

    var lifecycle: Lifecycle
    var path: PackagePath
    var workspace: String

    init(_ lifecycle: Lifecycle, _ path: PackagePath, workspace: String) {
        self.lifecycle = lifecycle
        self.path = path
        self.workspace = workspace
    }

    /// Nil unless `ref` is the name of one.
    init?(ref: some StringProtocol) {
        let parts = ref.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 7, parts[0] == "refs", parts[1] == "heads", let lifecycle = Lifecycle(rawValue: parts[2]),
            let path = PackagePath(parts[3...5].joined(separator: "/")), !parts[6].isEmpty
        else { return nil }
        self.init(lifecycle, path, workspace: parts[6])
    }

    var ref: String { "refs/heads/\(self.lifecycle.rawValue)/\(self.path)/\(self.workspace)" }

    /// The names that a revision may have, the usual one first.
    static func workspaces(revision: Int) -> some Sequence<String> {
        (1...Self.maxWorkspaces).lazy.map { $0 == 1 ? "v\(revision)" : "v\(revision)-\($0)" }
    }

    /// Proposals for one package at a time; more wait unseen.
    static let maxWorkspaces = 64
}

/// A branch that a proposal of ours made.
struct KnownDraft: Sendable {
    var branch: DraftBranch
    var commit: ObjectID
    var publication: Publication
    /// The package's directory; nil where the proposal is to remove it.
    var tree: ObjectID?
}

/// One ref as it is and as it is to be; nil where there is none.
struct RefChange: Sendable {
    var ref: String
    var old: ObjectID?
    var new: ObjectID?

    /// A line of `git update-ref --stdin`.
    var line: String {
        let zero = String(repeating: "0", count: 40)
        let old = self.old?.description ?? zero
        guard let new = self.new else { return "delete \(self.ref) \(old)\n" }
        return "update \(self.ref) \(new) \(old)\n"
    }
}
