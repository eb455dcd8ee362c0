/// What is not to be touched by a clause, and is named in it.
extension Reading {
    /// "… but leave the AMF alone": not the verb of its own clause, and not said of what is removed ("but keep its data").
    func spares(_ at: Int, _ clause: Clause) -> Bool {
        guard self.classes.contains(.sparing), self.has(at, .sparing), at != clause.verbAt, at > clause.body else { return false }
        return self.isConjunction(at - 1) || self.isComma(at - 1) || self.has(at - 1, .sequence)
    }

    /// "not for the AMF": what is excluded stands behind a preposition.
    func startsExcluded(_ index: Int) -> Bool {
        guard let preposition = self.meaning(index)?.preposition, [.for, .on, .of, .to, .from, .at, .in].contains(preposition), self.isSingleWord(index),
            let object = self.meaning(self.head(index + 1))?.object
        else { return false }
        return [.networkFunction, .application, .e2Node, .networkSlice, .coreNetwork].contains(self.vocabulary.objects[object].kind)
    }
}
