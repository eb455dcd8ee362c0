import IntentModel

extension ApprovalRule {
    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["name", "effect", "when", "unless", "reason", "enabled"])
        self.name = try reader.required("name").text()
        self.effect =
            try reader["effect"].flatMap { reader throws(CatalogueError) in
                Effect(rawValue: try reader.text(oneOf: Effect.allCases.map(\.rawValue)))
            } ?? .approve
        self.when = try Condition(try reader.required("when"))
        self.unless = try reader["unless"].map(Condition.init)
        let text = try reader["reason"]?.text() ?? "{{name}}: the rule \(self.name) \(self.effect == .approve ? "asks for approval" : "allows it to nobody")"
        guard let reason = TextTemplate(text, names: Self.reasonNames) else {
            throw CatalogueError(
                place: reader["reason"]?.place ?? reader.place,
                problem: "a {{…}} is not closed or not one of \(Self.reasonNames.sorted().joined(separator: ", "))")
        }
        self.reason = reason
    }
}

extension ApprovalRule.Condition {
    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(Set(ApprovalRule.members + ["production", "unscoped", "changes", "amount"]))
        self.init()
        for member in ApprovalRule.members {
            guard let list = reader[member] else { continue }
            var patterns: [String] = []
            for item in try list.list() { patterns.append(try Self.pattern(item, of: member)) }
            guard !patterns.isEmpty else { throw list.fault("at least one pattern is expected") }
            self.patterns[member] = patterns
        }
        self.production = try reader["production"]?.boolean()
        self.unscoped = try reader["unscoped"]?.boolean()
        if let changes = reader["changes"] {
            try changes.keys(["above"])
            self.countAbove = try changes.required("above").integer(in: 1...10_000)
        }
        self.amount = try reader["amount"].map(ApprovalRule.AmountTest.init)
        guard !self.patterns.isEmpty || self.production != nil || self.unscoped != nil || self.countAbove != nil || self.amount != nil else {
            throw reader.fault("a condition is expected; by: [\"*\"] holds for every change")
        }
    }

    /// Words of a closed set are checked: a misspelt verb would let everything through.
    private static func pattern(_ item: CatalogueReader, of member: String) throws(CatalogueError) -> String {
        switch member {
        case "verb": return try item.text(oneOf: Verb.allCases.map(\.rawValue))
        case "action": return try item.text(oneOf: ProposedChange.Action.allCases.map(\.rawValue))
        case "object":
            let text = try item.text()
            let kinds = ObjectKind.allCases.map(\.rawValue)
            guard kinds.contains(String(text.prefix { $0 != "/" })) else {
                throw item.fault("'\(text)' is no object; allowed: \(kinds.joined(separator: ", ")), each alone or with /type")
            }
            return text
        default: return try item.text()
        }
    }
}

extension ApprovalRule.AmountTest {
    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["of", "to", "above", "below", "factor", "by", "direction"])
        var attributes: [String] = []
        for item in try reader.required("of").list() { attributes.append(try item.text(oneOf: ProposedChange.attributes)) }
        guard !attributes.isEmpty else { throw reader.fault("of: at least one of \(ProposedChange.attributes.joined(separator: ", ")) is expected") }
        self.of = attributes
        self.to = try reader["to"]?.number()
        self.above = try reader["above"]?.number()
        self.below = try reader["below"]?.number()
        self.factor = try reader["factor"]?.number()
        self.by = try reader["by"]?.number()
        self.direction = try reader["direction"].flatMap { reader throws(CatalogueError) in
            Direction(rawValue: try reader.text(oneOf: Direction.allCases.map(\.rawValue)))
        }
        if let factor, factor < 1 { throw reader.fault("factor: \(TargetValue.number(factor)) is below 1; a factor counts either way") }
        guard self.to != nil || self.above != nil || self.below != nil || self.factor != nil || self.by != nil || self.direction != nil else {
            throw reader.fault("one of to, above, below, factor, by or direction is expected")
        }
    }
}
