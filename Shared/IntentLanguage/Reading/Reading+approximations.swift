import IntentModel

extension Reading {
    private static let exactly: Set<String> = ["replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage"]

    /// "about 5 replicas", "5 replicas +/- 1": a number that is none. How much of something is to run is said exactly or asked; what is to be reached may
    /// be said roughly.
    func isApproximate(_ attribute: String, _ begin: Int, _ start: Int, _ end: Int) -> Bool {
        guard Self.exactly.contains(attribute) else { return false }
        if self.has(start - 1, .approximate) || self.has(begin - 1, .approximate) { return true }
        return self.has(end, .approximateAfter)
    }
}
