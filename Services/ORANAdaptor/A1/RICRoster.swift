/// The RICs as far as they are known now, and whether there may be others.
package struct RICRoster: Sendable {
    /// In the order of the setting, then by name.
    package let sessions: [RICSession]
    /// Why there may be RICs besides these; nil when these are all.
    package let doubt: A1Error?
    /// Those of the management service are not known at all: who plans for all RICs by this would plan for some.
    package let isUnread: Bool

    package init(sessions: [RICSession], doubt: A1Error? = nil, isUnread: Bool = false) {
        self.sessions = sessions
        self.doubt = doubt
        self.isUnread = isUnread
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
