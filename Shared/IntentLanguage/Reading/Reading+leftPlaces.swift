import IntentModel

/// Places that were said of something before, and may hold for what comes after.
extension Reading {
    /// "deploy an NRF in y5g and an AMF there"
    mutating func followThere(from first: Int) {
        for member in first..<max(first, self.expectations.count) {
            let draft = self.expectations[member]
            guard !draft.context.hasPlace, draft.verb != .migrate, self.clauses.indices.contains(draft.clause) else { continue }
            let next =
                member + 1 < self.expectations.count && self.expectations[member + 1].clause == draft.clause ? self.expectations[member + 1].mention.at : nil
            let end = next ?? self.clauses[draft.clause].end
            guard (draft.mention.at..<max(draft.mention.at, end)).contains(where: { self.isThere($0) }),
                let before = self.expectations[..<member].last(where: { $0.context.hasPlace })
            else { continue }
            self.expectations[member].context.mergePlace(before.context)
        }
    }

    private func isThere(_ index: Int) -> Bool {
        self.word(index) == "there" && self.isSingleWord(index) && !["is", "are", "should", "must"].contains(self.word(index + 1))
    }

    /// "In k5g, deploy an NRF. Deploy an AMF.", "deploy an NRF in k5g, then an AMF": whether the place is that of the second as well is not said.
    mutating func readLeftPlaces() {
        for index in self.expectations.indices.dropFirst() {
            let draft = self.expectations[index], before = self.expectations[index - 1]
            guard draft.verb == .deploy, before.verb == .deploy, !draft.context.hasPlace, draft.context.environment == nil, before.context.hasPlace,
                self.clauses.indices.contains(before.clause)
            else { continue }
            let isNext =
                draft.clause == before.clause
                && (before.mention.end..<max(before.mention.end, draft.mention.at)).contains { self.has($0, .sequence) && self.word($0) != "but" }
            let clause = self.clauses[before.clause]
            let isOpening =
                draft.clause != before.clause
                && clause.verbAt.map { !self.within(self.places, \.at, clause.first..<max(clause.first, $0)).isEmpty } ?? false
            guard isNext || isOpening, !self.questions.contains(where: { $0.expectation == "e\(index + 1)" && $0.field.hasPrefix("context.") }) else {
                continue
            }
            let place = before.context.namespace ?? before.context.cluster ?? before.context.site ?? before.context.region ?? before.context.zone ?? ""
            self.questions.append(
                Clarification(
                    expectation: "e\(index + 1)", field: "context.namespace",
                    question: "\(before.label) is in \(place), and nothing is said of \(draft.label). Where is it meant?", options: []))
            return
        }
    }
}
