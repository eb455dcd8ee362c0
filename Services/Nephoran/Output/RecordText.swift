import IntentModel

/// A record as an operator reads it: what was asked, understood, planned and done, and what is expected of a person.
struct RecordText {
    let terminal: Terminal
    private(set) var lines: [String] = []

    init(_ record: IntentRecord, _ terminal: Terminal) {
        self.terminal = terminal
        self.field("intent", "\(record.id)")
        self.field("phase", terminal.styled(record.phase.rawValue, record.phase.style))
        if let waitsFor = record.waitsFor { self.field("waits", terminal.styled(waitsFor, .yellow)) }
        self.field("text", record.request.intent)
        self.field("asked", "\(record.createdAt) by \(record.request.requestedBy), priority \(record.request.priority.rawValue)")
        if let interpretation = record.interpretation { self.add(interpretation) }
        if let plan = record.plan { self.add(plan) }
        self.add(conflicts: record.conflicts ?? [])
        for package in record.packages {
            self.field("package", "\(package.path) \(package.revision) \(package.change.rawValue) (commit \(package.commit.prefix(12)))")
        }
        for policy in record.policies {
            self.field("policy", "\(policy.policyId) on \(policy.ric) \(policy.change.rawValue)\(policy.enforceStatus.map { ", \($0)" } ?? "")")
        }
        if let verification = record.verification { self.field("verified", "\(verification.state.rawValue) \(verification.checks.joined(separator: "; "))") }
        if let answer = record.answer { self.add(answer) }
        if let problem = record.problem { self.field("problem", terminal.styled("\(problem.detail) (\(problem.code))", .red)) }
        if record.phase == .awaitingClarification { self.add(questions: record.clarifications ?? [], of: record.id) }
        if record.phase == .awaitingApproval {
            self.field("approve", "nephoran intent approve \(record.id)   or   nephoran intent reject \(record.id)")
        }
    }

    init(dryRun: DryRunAnswer, _ terminal: Terminal) {
        self.terminal = terminal
        self.add(dryRun.interpretation)
        if let plan = dryRun.plan { self.add(plan) }
        for package in dryRun.packages {
            self.field("package", package.path)
            for file in package.files { self.lines.append("              \(file.path)  \(file.content.utf8.count) bytes") }
        }
        self.add(conflicts: dryRun.conflicts)
        if let problem = dryRun.problem { self.field("problem", terminal.styled("\(problem.detail) (\(problem.code))", .red)) }
        self.add(questions: dryRun.clarifications ?? [], of: nil)
    }

    private mutating func field(_ name: String, _ value: String) {
        let padded = name + String(repeating: " ", count: max(1, 12 - name.count))
        self.lines.append(self.terminal.styled(padded, .bold) + value)
    }

    private mutating func add(_ interpretation: Interpretation) {
        for expectation in interpretation.expectations {
            let object = [expectation.object.type ?? expectation.object.kind.rawValue, expectation.object.name].compactMap { $0 }.joined(separator: " ")
            var line = "\(expectation.id): \(expectation.verb.rawValue) \(object)"
            for target in expectation.targets {
                line += "\n              \(target.attribute) \(target.condition.rawValue) \(target.value)\(target.unit.map { " \($0)" } ?? "")"
                if let evidence = target.evidence { line += self.terminal.styled("   “\(evidence)”", .dim) }
            }
            self.field("understood", line)
        }
        if let refusal = interpretation.refusal { self.field("refused", self.terminal.styled("\(refusal.detail) (\(refusal.reason.rawValue))", .red)) }
    }

    private mutating func add(_ plan: Plan) {
        for package in plan.packages {
            self.field("plan", "\(package.change.rawValue) \(package.path)")
            for figure in package.figures {
                self.lines.append(
                    "              \(figure.name) = \(figure.value)" + self.terminal.styled("   \(figure.source.rawValue): \(figure.reason)", .dim))
            }
        }
        for policy in plan.policies { self.field("plan", "\(policy.change.rawValue) policy \(policy.policyId)\(policy.reason.map { ": \($0)" } ?? "")") }
        if let window = plan.window { self.field("window", "from \(window.start ?? "now")\(window.end.map { " until \($0)" } ?? "")") }
        for reason in plan.approvalReasons { self.field("approval", self.terminal.styled(reason, .yellow)) }
        for note in plan.notes { self.field("note", note) }
        if let answer = plan.answer { self.add(answer) }
    }

    private mutating func add(conflicts: [Conflict]) {
        for conflict in conflicts { self.field("conflict", self.terminal.styled("\(conflict.detail) (\(conflict.kind.rawValue))", .yellow)) }
    }

    private mutating func add(_ answer: Answer) {
        self.field("answer", answer.text)
        guard !answer.items.isEmpty else { return }
        self.lines += InventoryText.table(answer.items).lines(width: self.terminal.width).map { "  " + $0 }
    }

    /// - Parameter id: of the intent that can be answered; nil for a dry run.
    private mutating func add(questions: [Clarification], of id: IntentID?) {
        for question in questions {
            self.field("question", self.terminal.styled(question.question, .yellow))
            if !question.options.isEmpty { self.lines.append("              \(question.options.joined(separator: " · "))") }
            if let id { self.lines.append("              nephoran intent clarify \(id) \(question.expectation):\(question.field)=…") }
        }
    }
}
