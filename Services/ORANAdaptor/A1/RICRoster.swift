/// The RICs as far as they are known now, and whether there may be others.
package struct RICRoster: Sendable {
    /// In the order of the setting, then by name.
    package let sessions: [RICSession]
    /// Why there may be RICs besides these; nil when these are all.
    package let doubt: A1Error?
    /// The management service did not answer when it was asked last.
    package let isSilent: Bool
    /// Those of the management service are not known at all: who plans for all RICs by this plans for some.
    package let isUnread: Bool
    /// The same, and it is early: who plans does better to wait.
    package let isAwaited: Bool

    /// - Parameter listing: what the management service names; nil without one, or where it was not asked.
    package init(sessions: [RICSession], _ listing: PMSDirectory.Listing? = nil) {
        self.sessions = sessions
        self.doubt = listing?.doubt
        self.isSilent = listing?.isSilent ?? false
        self.isUnread = listing?.isUnread ?? false
        self.isAwaited = listing?.isAwaited ?? false
    }

    /// Why a RIC is not here; nil means all that there are. Nothing final while there may be others, whatever the management service answered: the
    /// intent is not to blame for it.
    func absence(of ric: String?) -> A1Error {
        guard let doubt = self.doubt else {
            return A1Error(.notFound, ric: ric ?? "", detail: "no RIC of that name is configured; set A1_URL or A1_PMS_URL on oran-adaptor")
        }
        return A1Error(
            doubt.mayRetry ? doubt.kind : .busy, ric: ric ?? doubt.ric, detail: "not all RICs are known yet: \(doubt.detail)", retryAfter: doubt.retryAfter)
    }
}
