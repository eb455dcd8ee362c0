import IntentModel

/// A plan as a person reviews it: what changes and what it takes, then every figure with its reason.
struct PlanText {
    private(set) var lines: [String] = []
    private let terminal: Terminal

    init(_ answer: DryRunAnswer, _ terminal: Terminal) {
        self.terminal = terminal
        for expectation in answer.interpretation.expectations {
            let object = [expectation.object.type ?? expectation.object.kind.rawValue, expectation.object.name].compactMap { $0 }.joined(separator: " ")
            self.field("understood", "\(expectation.verb.rawValue) \(object)")
        }
        if let refusal = answer.interpretation.refusal { self.field("refused", terminal.styled("\(refusal.detail) (\(refusal.reason.rawValue))", .red)) }
        if let plan = answer.plan { self.add(plan) }
        for conflict in answer.conflicts { self.field("conflict", terminal.styled(conflict.detail, .yellow)) }
        if let problem = answer.problem { self.field("problem", terminal.styled("\(problem.detail) (\(problem.code))", .red)) }
        for question in answer.clarifications ?? [] {
            self.field("question", terminal.styled(question.question, .yellow))
            if !question.options.isEmpty { self.lines.append("            \(question.options.joined(separator: " · "))") }
        }
    }

    private mutating func add(_ plan: Plan) {
        if !plan.packages.isEmpty {
            self.lines.append("")
            self.add(Self.overview(plan))
            let cost = plan.packages.compactMap(\.resources?.monthlyCost).reduce(0, +)
            if plan.packages.count > 1, cost > 0 { self.lines.append("together about \(Self.amount(cost)) USD a month") }
        }
        for policy in plan.policies { self.field("policy", "\(policy.change.rawValue) \(policy.policyId)\(policy.reason.map { ": \($0)" } ?? "")") }
        for package in plan.packages where !package.figures.isEmpty {
            self.lines.append("")
            self.lines.append(self.terminal.styled("\(package.change.rawValue) \(package.path)", .bold))
            var table = Table("  FIGURE", "VALUE", "FROM", "BECAUSE")
            for figure in package.figures { table.add("  \(figure.name)", figure.value, figure.source.rawValue, figure.reason) }
            self.add(table)
        }
        self.lines.append("")
        if let window = plan.window { self.field("window", "from \(window.start ?? "now")\(window.end.map { " until \($0)" } ?? "")") }
        for reason in plan.approvalReasons { self.field("approval", self.terminal.styled(reason, .yellow)) }
        for note in plan.notes { self.field("note", note) }
        if let answer = plan.answer { self.field("answer", answer.text) }
    }

    static func overview(_ plan: Plan) -> Table {
        var table = Table("PACKAGE", "CHANGE", "FUNCTION", "REPLICAS", "CPU", "MEMORY", "STORAGE", "SPREAD", "USD/MONTH", "NEEDS")
        for package in plan.packages {
            guard let resources = package.resources else {
                table.add(package.path, package.change.rawValue, package.function, "–", "–", "–", "–", "–", "–", "–")
                continue
            }
            let replicas = resources.maxReplicas.map { "\(resources.minReplicas ?? resources.replicas)…\($0)" } ?? String(resources.replicas)
            table.add(
                package.path, package.change.rawValue, package.function, replicas, self.range(resources.cpu, resources.cpuLimit),
                resources.memory == resources.memoryLimit ? "\(resources.memory)Mi" : "\(resources.memory)…\(resources.memoryLimit)Mi",
                resources.storage.map { "\($0)Gi" } ?? "–", resources.placement.isSpread ? "zones" : "–", self.amount(resources.monthlyCost),
                resources.dependsOn.isEmpty ? "–" : resources.dependsOn.joined(separator: ", "))
        }
        return table
    }

    private static func range(_ low: Double, _ high: Double) -> String { low == high ? self.amount(low) : "\(self.amount(low))…\(self.amount(high))" }

    /// With cents, where there are any.
    private static func amount(_ value: Double) -> String { TargetValue.number((value * 100).rounded() / 100).description }

    private mutating func add(_ table: Table) { self.lines += table.lines(width: self.terminal.width, style: { self.terminal.styled($0, .bold) }) }

    private mutating func field(_ name: String, _ value: String) {
        self.lines.append(self.terminal.styled(name + String(repeating: " ", count: max(1, 12 - name.count)), .bold) + value)
    }
}
