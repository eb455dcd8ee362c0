import IntentModel

extension SizingPlan {
    mutating func planAvailability() {
        if let target = self.target("highAvailability"), let value = target.value.boolean {
            self.wanted.highAvailability = value
            self.said("highAvailability", String(value), target)
        } else if let quality = self.expectation.context.qualities?.first(where: { self.rules.highAvailabilityQualities.contains($0) }) {
            self.wanted.highAvailability = true
            self.figure("highAvailability", "true", .text, "the text asks for \(quality)")
        } else if let availability = self.target("availability")?.value.number, availability >= self.rules.highAvailabilityFrom {
            self.wanted.highAvailability = true
            self.figure("highAvailability", "true", .derived, "an availability of \(TargetValue.number(availability)) % needs replicas in several zones")
        }
        if self.wanted.highAvailability, self.wanted.highAvailability != self.current.highAvailability || self.isNew {
            self.figure("spread", "topology.kubernetes.io/zone", .default, "high availability spreads over zones and hosts")
        }
    }

    /// A whole number of replicas from a target that is relative to `current`, or nil after asking.
    mutating func count(_ target: Target, from current: Int) -> Int? {
        guard let value = target.value.number else {
            self.ask(target.attribute, "How many replicas of \(self.called)?")
            return nil
        }
        let now = Double(current)
        let result: Double =
            switch target.condition {
            case .equals, .between: value
            case .atLeast: max(now, value)
            case .atMost: min(now, value)
            case .greaterThan: max(now, value.rounded(.down) + 1)
            case .lessThan: min(now, value.rounded(.up) - 1)
            case .increaseBy: target.unit == "%" ? (now * (1 + value / 100)).rounded(.up) : now + value
            case .decreaseBy: target.unit == "%" ? (now * (1 - value / 100)).rounded(.up) : now - value
            case .multiplyBy: (now * value).rounded(.up)
            }
        guard result.isFinite, abs(result) < 1e9, let whole = Int(exactly: result) else {
            self.ask(
                target.attribute, "Replicas of \(self.called) are a whole number; \(target.value) was said. How many?",
                options: self.allowedReplicas.nearest(to: result))
            return nil
        }
        guard whole >= 0 else {
            self.ask(
                target.attribute, "\(self.called) runs \(current) replicas; \(whole) is not possible. How many shall remain?",
                options: self.allowedReplicas.nearest(to: Double(whole)))
            return nil
        }
        return whole
    }

    var statedBounds: (low: Target?, high: Target?) { (self.target("minReplicas"), self.target("maxReplicas")) }

    mutating func planReplicas() {
        if self.isNew {
            self.wanted.replicas = self.wanted.highAvailability ? self.entry.replicas.highAvailability : self.entry.replicas.standard
            self.figure(
                "replicas", String(self.wanted.replicas), .default,
                self.wanted.highAvailability ? "the catalogue's number for high availability" : "the catalogue's number")
        } else if self.wanted.highAvailability, !self.current.highAvailability, self.current.replicas > 0,
            self.current.replicas < self.entry.replicas.highAvailability
        {
            self.wanted.replicas = self.entry.replicas.highAvailability
            self.figure("replicas", String(self.wanted.replicas), .default, "the catalogue's number for high availability")
        }
        guard let target = self.target("replicas") else {
            self.planCapacity()
            return
        }
        if case .range = target.value { return }
        if target.condition == .atMost || target.condition == .lessThan, self.target("autoscaling")?.value.boolean == true { return }
        guard let count = self.count(target, from: self.wanted.replicas) else { return }
        self.wanted.replicas = count
        self.said("replicas", String(count), target)
        if !self.isNew { self.note("replicas", was: String(self.current.replicas)) }
        if let direction, !self.isNew, target.condition == .equals, direction.contradicts(count, from: self.current.replicas) {
            self.ask(
                "replicas",
                "\(self.called) runs \(self.current.replicas) replicas: \(count) would be \(direction.way == .more ? "fewer" : "more"), and the text says “\(direction.word)”. How many?"
            )
        } else if self.wanted.highAvailability, count == 1 {
            if self.target("highAvailability")?.value.boolean == true {
                self.ask("replicas", "High availability needs at least 2 replicas of \(self.called); 1 was said. How many?")
            } else if !self.isNew, target.span != nil {
                // Who answers 1 means it.
                self.ask("replicas", "\(self.called) runs highly available, which needs at least 2 replicas; 1 was said. How many?", options: [2, 1])
            }
        }
    }

    mutating func checkRange() {
        guard self.questions.isEmpty else { return }
        let range = self.entry.replicas.range
        // What a person runs already is not questioned by a change of something else.
        let isChanged = self.isNew || self.wanted.replicas != self.current.replicas || self.wanted.autoscaling != self.current.autoscaling
        guard isChanged else { return }
        if !range.contains(self.wanted.replicas) {
            // Of bounds the lower one is asked about: it is what the number of replicas comes from.
            let attribute = self.wanted.autoscaling != nil && self.target("minReplicas") != nil ? "minReplicas" : "replicas"
            self.ask(
                attribute, "\(self.called) runs \(range.lowerBound) to \(range.upperBound) replicas; \(self.wanted.replicas) was asked for. How many?",
                options: self.allowedReplicas.nearest(to: Double(self.wanted.replicas)))
        } else if let maximum = self.wanted.autoscaling?.maximum, maximum > range.upperBound, maximum != self.current.autoscaling?.maximum {
            self.ask(
                "maxReplicas", "\(self.called) runs at most \(range.upperBound) replicas; \(maximum) was asked for. How many at most?",
                options: self.allowedReplicas.nearest(to: Double(maximum)))
        }
    }
}
