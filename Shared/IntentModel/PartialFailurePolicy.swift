/// What becomes of the tracks that took effect when another track of the intent fails.
package enum PartialFailurePolicy: String, Codable, Sendable, CaseIterable {
    /// They are undone.
    case rollback
    /// They stay in effect; the history says so.
    case keep
}
