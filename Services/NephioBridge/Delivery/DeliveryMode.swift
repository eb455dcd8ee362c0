/// How packages come onto the branch that is delivered from.
enum DeliveryMode: String, CaseIterable, Sendable {
    /// Published at once when they may be. What waits for a person is only in the ledger.
    case direct
    /// … and what waits for a person is seen in Git meanwhile, as Porch shows it: `drafts/<package>/<revision>`, then `proposed/<package>/<revision>`.
    case draft
    /// Published by a pull request at the forge that keeps the repository, for a branch that takes nothing else. Whoever may merge there has the last word.
    case pullRequest = "pull-request"
}
