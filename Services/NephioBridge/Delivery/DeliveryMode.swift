/// How packages come onto the branch that is delivered from.
enum DeliveryMode: String, CaseIterable, Sendable {
    /// Published at once when they may be. What waits for a person is only in the ledger.
    case direct
    /// … and what waits for a person is seen in Git meanwhile, as Porch shows it: `drafts/<package>/<revision>`, then `proposed/<package>/<revision>`.
    case draft
}
