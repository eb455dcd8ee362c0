extension Plan {
    /// What carrying out this plan wants of each object that it changes, in the order of their names. Only what was said counts: a default
    /// stands back behind what anybody says.
    package var wishes: [Wish] {
        var wishes: [String: Wish] = [:]
        for package in self.packages where package.change != .none {
            wishes["package:\(package.path)"] = Wish(object: "package:\(package.path)", package)
        }
        for policy in self.policies where policy.change == .put || policy.change == .delete {
            let object = "policy:\(policy.ric ?? "*")/\(policy.policyId)"
            var wish = Wish(object: object, change: policy.change == .delete ? .delete : .set, figures: policy.figures)
            if let earlier = wishes[object] {
                wish.values.merge(earlier.values) { later, _ in later }
                wish.steps.merge(earlier.steps) { later, _ in later }
            }
            wishes[object] = wish
        }
        return wishes.values.sorted { $0.object < $1.object }
    }
}

extension Wish {
    /// Figures that say where something is, or what is done to it, rather than how it is to be.
    private static let places: Set<String> = ["cluster", "namespace", "instance", "from", "to", "restart", "revision"]

    fileprivate init(object: String, _ package: PackageChange) {
        func figure(_ name: String) -> String? { package.figures.first { $0.name == name }?.value }
        if package.change == .delete {
            self.init(object: object, change: .delete, values: figure("to").map { ["to": $0] } ?? [:])
        } else if let revision = figure("revision") {
            self.init(object: object, change: .replace, values: ["revision": revision])
        } else {
            self.init(object: object, change: .set, figures: package.figures)
            if figure("restart") != nil, self.values.isEmpty, self.steps.isEmpty { self.change = .roll }
        }
    }

    fileprivate init(object: String, change: Change, figures: [Figure]) {
        self.init(object: object, change: change)
        guard change != .delete else { return }
        for figure in figures where (figure.source == .text || figure.source == .request) && !Self.places.contains(figure.name) {
            if let step = figure.step { self.steps[figure.name] = step } else { self.values[figure.name] = figure.value }
        }
    }
}
