import AccessControl
import IntentModel

/// A rule of policy: which changes wait for a person, or are refused, and what is said then. A pure value.
package struct ApprovalRule: Sendable, Equatable {
    /// All of it must hold. Patterns may hold `*` for any characters; of a list one is enough.
    package struct Condition: Sendable, Equatable {
        /// Member of ``ApprovalRule/members`` → patterns.
        var patterns: [String: [String]] = [:]
        var production: Bool?
        var unscoped: Bool?
        /// The intent changes more objects than this.
        var countAbove: Int?
        var amount: AmountTest?
    }

    /// A test of an amount; every bound given must hold.
    package struct AmountTest: Sendable, Equatable {
        package enum Direction: String, Sendable, CaseIterable { case up, down }

        var of: [String]
        /// It becomes exactly this, and was not.
        var to: Double?
        /// It rises beyond this.
        var above: Double?
        /// It falls below this.
        var below: Double?
        /// It changes by more than this factor, either way.
        var factor: Double?
        /// It changes by more than this, either way.
        var by: Double?
        var direction: Direction?

        /// What the amount was held against, for the reason.
        var limit: Double { self.factor ?? self.above ?? self.below ?? self.by ?? self.to ?? 0 }

        func holds(_ amount: ProposedChange.Amount) -> Bool {
            let (before, after) = (amount.before, amount.after)
            if before == after { return false }
            switch self.direction {
            case .up where after <= before ?? 0: return false
            case .down where after >= before ?? .infinity: return false
            default: break
            }
            if let to, after != to { return false }
            if let above, !(after > above && after > before ?? 0) { return false }
            if let below, !(after < below && after < before ?? .infinity) { return false }
            if let factor {
                // From or to nothing is no factor.
                guard let before, before > 0, after > 0, max(after / before, before / after) > factor else { return false }
            }
            if let by {
                guard let before, abs(after - before) > by else { return false }
            }
            return true
        }
    }

    /// What patterns can be about.
    static let members = ["verb", "object", "action", "function", "instance", "namespace", "cluster", "environment", "by", "tenant"]
    /// What a reason may name.
    static let reasonNames: Set<String> = [
        "name", "verb", "attribute", "before", "after", "limit", "production", "count", "function", "namespace", "cluster", "by",
    ]

    /// What comes of it: a person is asked, or nobody may.
    package enum Effect: String, Sendable, CaseIterable { case approve, refuse }

    package var name: String
    package var effect: Effect
    var when: Condition
    var unless: Condition?
    var reason: TextTemplate

    /// What a person is told of this change, or nil when the rule is not about it. `production` says why the place is one of production.
    func reason(for change: ProposedChange, production: String?) -> String? {
        let (holds, attribute) = self.when.holds(change, production: production)
        guard holds else { return nil }
        if let unless, unless.holds(change, production: production).holds { return nil }
        let amount = attribute.flatMap { change.amounts[$0] }
        func text(_ number: Double?) -> String { number.map { TargetValue.number($0).description } ?? "none" }
        return self.reason.filled { name in
            switch name {
            case "name": change.name
            case "verb": self.when.verb(of: change)
            case "attribute": attribute ?? ""
            case "before": text(amount?.before)
            case "after": text(amount?.after)
            case "limit": text(self.when.amount?.limit ?? self.when.countAbove.map(Double.init))
            case "production": production ?? ""
            case "count": String(change.count)
            case "function": change.function ?? ""
            case "namespace": change.namespace
            case "cluster": change.cluster
            default: change.by
            }
        }
    }
}

extension ApprovalRule.Condition {
    /// Whether it holds, and for which amount.
    func holds(_ change: ProposedChange, production: String?) -> (holds: Bool, attribute: String?) {
        for (member, patterns) in self.patterns {
            guard change.values(of: member).contains(where: { value in patterns.contains { NamePattern.matches(value, $0) } }) else { return (false, nil) }
        }
        if let wanted = self.production, wanted != (production != nil) { return (false, nil) }
        if let wanted = self.unscoped, wanted != change.isUnscoped { return (false, nil) }
        if let countAbove, change.count <= countAbove { return (false, nil) }
        guard let test = self.amount else { return (true, nil) }
        let attribute = test.of.first { change.amounts[$0].map(test.holds) ?? false }
        return (attribute != nil, attribute)
    }

    /// The verb the rule is about, of a change that has several.
    func verb(of change: ProposedChange) -> String {
        let verbs = change.verbs.map(\.rawValue)
        guard let patterns = self.patterns["verb"] else { return verbs.joined(separator: ", ") }
        return verbs.filter { verb in patterns.contains { NamePattern.matches(verb, $0) } }.joined(separator: ", ")
    }
}

extension ProposedChange {
    fileprivate func values(of member: String) -> [String] {
        switch member {
        case "verb": self.verbs.map(\.rawValue)
        case "object": Array(self.objects)
        case "action": [self.action.rawValue]
        case "function": self.function.map { [$0] } ?? []
        case "instance": self.instance.map { [$0] } ?? []
        case "namespace": [self.namespace]
        case "cluster": [self.cluster]
        case "environment": self.environment.map { [$0] } ?? []
        case "by": [self.by]
        default: [self.tenant]
        }
    }
}
