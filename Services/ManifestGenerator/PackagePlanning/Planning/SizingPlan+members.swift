import IntentModel

extension SizingPlan {
    /// Several replicas of a store are one store only where they join. Their number is said, not scaled, and never falls below what a
    /// majority of them needs: the rest could not decide anything any more, not even to be fewer.
    mutating func planMembers() {
        guard self.entry.replication != .alike else { return }
        let isAlone = self.entry.replication == .single || self.wanted.members == nil
        if self.wanted.autoscaling != nil, self.wanted.autoscaling != self.current.autoscaling {
            return self.refuseReplicas(
                isAlone
                    ? "\(self.called) is one store: it has one replica."
                    : "\(self.called) is a store: each new member copies all of it first, which no load waits for. Say how many members there shall be.")
        }
        let isMore = self.wanted.replicas > max(1, self.isNew ? 0 : self.current.replicas)
        if isAlone, isMore || self.wanted.highAvailability && (self.isNew || !self.current.highAvailability) {
            return self.refuseReplicas(
                self.entry.replication == .single
                    ? "More than one \(self.called) would be stores that know nothing of each other: the catalogue names none that join. "
                        + "Name one in an entry of your own (CATALOGUE_DIR)."
                    : "This \(self.called) was published as a single store, and more of it would know nothing of each other. "
                        + "Deploy another one with high availability and move the data.")
        }
        guard let members = self.wanted.members, self.wanted.replicas > 0 else { return }
        let majority = members / 2 + 1
        if !self.isNew, self.wanted.replicas < majority, self.wanted.replicas != self.current.replicas {
            return self.refuseReplicas(
                "\(self.called) has \(members) members, of which \(majority) must stay to agree on anything. Ask for \(majority) at least, "
                    + "or for none to switch it off.")
        }
        self.wanted.members = self.wanted.replicas
        if self.wanted.replicas > 1, self.isNew || self.wanted.members != self.current.members {
            let lost = (self.wanted.replicas - 1) / 2
            self.figure("members", String(self.wanted.replicas), .derived, "one replica set, which outlives the loss of \(lost) of them")
            if self.wanted.replicas % 2 == 0 {
                self.notes.append("\(self.wanted.replicas) members of \(self.called) outlive the loss of \(lost), as \(self.wanted.replicas - 1) would.")
            }
        }
    }

    private mutating func refuseReplicas(_ detail: String) {
        self.refusal = Problem(status: 422, code: "unsupported_replicas", title: "A store cannot have these replicas", detail: detail)
    }
}
