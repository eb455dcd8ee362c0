import IntentModel

extension Reading {

    func verb(for action: Action, _ clause: Clause, _ objects: [Mention], _ quantities: [Quantity]) -> Verb {
        let scalable = ["replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage"]
        let numbers = quantities.filter { $0.target.value.boolean == nil }
        let scales =
            !numbers.isEmpty
            && numbers.allSatisfy {
                scalable.contains($0.target.attribute) || $0.target.attribute == "targetCPUUtilization" || $0.target.attribute == "profile"
            }
        let mentionsCapacity = (clause.body..<clause.end).contains { index in
            self.meaning(index)?.attribute.map { scalable.contains(self.vocabulary.attributes[$0].attribute) } ?? false
        }
        switch action {
        case .deploy:
            // "deploy two more SMF replicas"
            if quantities.contains(where: { $0.target.condition == .increaseBy && $0.target.attribute == "replicas" }) { return .scale }
            // "implement load balancing for …": behaviour is configured, not deployed.
            if let only = objects.first, objects.count == 1, only.kind == .radioNetwork, only.type != "Cell" { return .configure }
            // "set up monitoring for the AMF": the function is there already.
            if !objects.isEmpty, objects.allSatisfy({ $0.preposition == .for || $0.preposition == .on || $0.preposition == .to }),
                quantities.contains(where: { quantity in quantity.target.value.boolean != nil && objects.allSatisfy { quantity.at < $0.at } })
            {
                return .configure
            }
            return .deploy
        case .scale where self.changesVersion(quantities), .change where self.changesVersion(quantities),
            .migrate where self.changesVersion(quantities) && self.within(self.places, \.at, clause.body..<clause.end).isEmpty,
            .make where self.changesVersion(quantities) && objects.allSatisfy({ !$0.isIndefinite }):
            return .configure
        case .make:
            if let first = objects.first, first.isIndefinite || first.isClass && first.preposition == nil || quantities.contains(where: { $0.owner != nil }) {
                return .deploy
            }
            return scales ? .scale : objects.isEmpty ? .deploy : .configure
        case .scale
        where clause.verb?.direction == nil && !numbers.isEmpty && !mentionsCapacity
            && numbers.allSatisfy({ Self.isObjective($0.target.attribute) }):
            // "keep the latency of the UPF under 10 ms"
            return .optimize
        case .scale, .autoscale, .multiply: return .scale
        case .change:
            if let verbAt = clause.verbAt, ["drop", "dropping", "dropped"].contains(self.word(verbAt)), numbers.isEmpty, !mentionsCapacity, !objects.isEmpty,
                !self.mentionsObjective(clause), objects.allSatisfy({ $0.name != nil })
            {
                return .remove
            }
            if scales || mentionsCapacity { return .scale }
            if numbers.isEmpty, objects.contains(where: { $0.kind == .networkFunction }), !self.mentionsObjective(clause) { return .scale }
            return .optimize
        case .add:
            if quantities.contains(where: { scalable.contains($0.target.attribute) }) { return .scale }
            return objects.contains { $0.kind == .networkFunction || $0.kind == .networkSlice || $0.kind == .application }
                && !objects.contains { $0.preposition == .to } ? .deploy : .configure
        case .remove:
            if quantities.contains(where: { $0.target.condition == .decreaseBy && scalable.contains($0.target.attribute) }) { return .scale }
            if objects.allSatisfy({ $0.preposition == .from }), quantities.contains(where: { $0.target.value.boolean != nil }), !objects.isEmpty {
                return .configure
            }
            return .remove
        case .set: return scales ? .scale : .configure
        case .configure
        where clause.verbAt.map { self.word($0) } == "shift" && quantities.isEmpty && objects.contains { $0.kind == .networkFunction }
            && self.within(self.places, \.at, clause.body..<clause.end).contains(where: \.isDestination):
            // "shift the UDR over to cluster dr-1"
            return .migrate
        case .configure:
            // "configure a firewall … and call it X": it is not there yet.
            if let first = objects.first, objects.count == 1, first.isIndefinite, first.isClass, first.name != nil { return .deploy }
            return .configure
        case .enable, .disable, .monitor, .schedule, .include, .name, .lock, .unlock: return .configure
        case .ensure: return scales ? .scale : .optimize
        // "enhance the VNF to use 4 CPUs"
        case .optimize: return scales && numbers.allSatisfy { ["cpu", "memory", "storage"].contains($0.target.attribute) } ? .configure : .optimize
        case .lift: return .remove
        case .migrate: return .migrate
        case .restart: return .restart
        case .rollback: return .rollback
        case .report: return .report
        case .stop, .vague: return .configure
        }
    }

    private static let experiences: Set<String> = ["qoeScore", "initialBuffering", "rebufferingFrequency", "stallRatio"]

    /// Something to be reached or held.
    static func isObjective(_ attribute: String) -> Bool { self.canonicalQuality(of: attribute) != nil || self.experiences.contains(attribute) }

    func mentionsObjective(_ clause: Clause) -> Bool {
        (clause.body..<clause.end).contains { index in
            guard let meaning = self.meaning(index) else { return false }
            return meaning.attribute.map { Self.canonicalQuality(of: self.vocabulary.attributes[$0].attribute) != nil } ?? false || meaning.quality != nil
        }
    }
}
