import AccessControl
import Foundation
import IntentModel
import Testing

@testable import PackagePlanning

@Suite struct ApprovalPolicyTests {
    private static func change(
        _ action: ProposedChange.Action = .update, _ verb: Verb = .scale, objects: Set<String> = ["NetworkFunction", "NetworkFunction/AMF"],
        amounts: [String: (Double?, Double)] = [:], _ adjust: (inout ProposedChange) -> Void = { _ in }
    ) -> ProposedChange {
        var change = ProposedChange(name: "amf in core5g", action: action, verbs: [verb], namespace: "core5g", cluster: "east", by: "ada", tenant: "blue")
        change.objects = objects
        change.function = "AMF"
        change.instance = "amf"
        change.amounts = amounts.mapValues { ProposedChange.Amount(before: $0.0, after: $0.1) }
        adjust(&change)
        return change
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var change: ProposedChange
        var reasons: [String]
        var testDescription: String { self.name }
    }

    private static let shipped = [
        Row(name: "an ordinary scale", change: change(amounts: ["replicas": (3, 9)]), reasons: []),
        Row(name: "a removal", change: change(.delete, .remove), reasons: ["amf in core5g: remove waits for approval"]),
        Row(name: "a migration", change: change(.create, .migrate), reasons: ["amf in core5g: migrate waits for approval"]),
        Row(name: "to zero", change: change(amounts: ["replicas": (3, 0)]), reasons: ["amf in core5g is scaled to zero"]),
        Row(name: "a cell locked", change: change(amounts: ["cellsInService": (1, 0)]), reasons: ["amf in core5g is locked: its users lose their service"]),
        Row(name: "a cell unlocked", change: change(amounts: ["cellsInService": (1, 1)]), reasons: []),
        Row(name: "zero as it was", change: change(amounts: ["replicas": (0, 0)]), reasons: []),
        Row(name: "from zero", change: change(amounts: ["replicas": (0, 3)]), reasons: []),
        Row(name: "a new one of zero", change: change(.create, .deploy, amounts: ["replicas": (nil, 0)]), reasons: ["amf in core5g is scaled to zero"]),
        Row(
            name: "a jump up", change: change(amounts: ["replicas": (3, 10)]), reasons: ["amf in core5g goes from 3 to 10 replicas, more than 3-fold"]),
        Row(
            name: "a jump down", change: change(amounts: ["replicas": (10, 3)]), reasons: ["amf in core5g goes from 10 to 3 replicas, more than 3-fold"]),
        Row(name: "exactly the factor", change: change(amounts: ["replicas": (9, 3)]), reasons: []),
        Row(name: "many", change: change(amounts: ["replicas": (18, 21)]), reasons: ["amf in core5g gets 21 replicas, more than 20"]),
        Row(name: "fewer of many", change: change(amounts: ["replicas": (30, 25)]), reasons: []),
        Row(
            name: "many at once", change: change(amounts: ["replicas": (3, 21)]),
            reasons: ["amf in core5g gets 21 replicas, more than 20", "amf in core5g goes from 3 to 21 replicas, more than 3-fold"]),
        Row(
            name: "a high ceiling", change: change(amounts: ["maxReplicas": (nil, 30)]), reasons: ["amf in core5g may scale to 30 replicas, more than 20"]),
        Row(
            name: "a jump of a bound", change: change(amounts: ["minReplicas": (12, 2)]),
            reasons: ["amf in core5g: minReplicas goes from 12 to 2, more than 5-fold"]),
        Row(name: "large CPU", change: change(amounts: ["cpu": (8, 17)]), reasons: ["amf in core5g gets 17 cores a replica, more than 16"]),
        Row(name: "large memory", change: change(amounts: ["memory": (16_384, 70_000)]), reasons: ["amf in core5g gets 70000 MiB a replica, more than 65536"]),
        Row(
            name: "large storage", change: change(.create, .deploy, amounts: ["storage": (nil, 2048)]),
            reasons: ["amf in core5g gets 2048 GiB a replica, more than 1024"]),
        Row(
            name: "a jump of CPU", change: change(amounts: ["cpu": (0.5, 6)]), reasons: ["amf in core5g goes from 0.5 to 6 cores a replica, more than 10-fold"]),
        Row(
            name: "a fall of memory", change: change(amounts: ["memory": (8192, 512)]),
            reasons: ["amf in core5g: memory falls from 8192 to 512, more than 10-fold"]),
        Row(name: "a small one that becomes ordinary", change: change(amounts: ["memory": (256, 4096), "cpu": (0.1, 4)]), reasons: []),
        Row(
            name: "storage", change: change(amounts: ["storage": (10, 200)]), reasons: ["amf in core5g goes from 10 to 200 GiB a replica, more than 10-fold"]),
        Row(
            name: "production, says the text", change: change { $0.environment = "production" },
            reasons: ["amf in core5g is production: the intent says production"]),
        Row(name: "staging", change: change { $0.environment = "staging" }, reasons: []),
        Row(
            name: "a whole core", change: change(.create, .deploy, objects: ["CoreNetwork", "CoreNetwork/5GC"]) { $0.count = 10 },
            reasons: ["a whole core network changes: 10 objects"]),
        Row(
            name: "monitoring", change: change(.create, .deploy, objects: ["Infrastructure", "Infrastructure/Monitoring"]),
            reasons: ["amf in core5g serves the whole cluster east"]),
        Row(name: "a database", change: change(.create, .deploy, objects: ["Infrastructure", "Infrastructure/Database"]), reasons: []),
        Row(name: "no scope", change: change(.put, .optimize) { $0.isUnscoped = true }, reasons: ["amf in core5g is for no slice, UE or place in particular"]),
        Row(name: "eleven objects", change: change { $0.count = 11 }, reasons: ["11 objects change at once, more than 10"]),
        Row(name: "ten objects", change: change { $0.count = 10 }, reasons: []),
    ]

    @Test("the policy that ships lets the ordinary through and says why the rest waits", arguments: shipped)
    func shippedRules(_ row: Row) { #expect(catalogue.approval.reasons(for: row.change) == row.reasons) }

    @Test("production is also the installation, a namespace or a cluster, by pattern")
    func production() {
        func reasons(_ policy: ApprovalPolicy) -> [String] { policy.reasons(for: Self.change()) }
        #expect(reasons(catalogue.approval.inInstallation(environment: "Production")) == ["amf in core5g is production: this installation is production"])
        #expect(reasons(catalogue.approval.inInstallation(environment: "development")) == [])
        let namespaces = catalogue.approval.inInstallation(environment: nil, productionNamespaces: ["live-*", "core*"])
        #expect(reasons(namespaces) == ["amf in core5g is production: the namespace core5g is marked as production"])
        let clusters = catalogue.approval.inInstallation(environment: nil, productionClusters: ["*st"])
        #expect(reasons(clusters) == ["amf in core5g is production: the cluster east is marked as production"])
        #expect(reasons(catalogue.approval.inInstallation(environment: nil, productionNamespaces: ["core"])) == [])
    }

    // MARK: An operator's own rules

    private static let own = """
        production: { namespaces: ["live-*"] }
        rules:
          - name: night-shift
            when: { by: ["bot-*"], verb: [deploy, scale], namespace: [core5g] }
            unless: { instance: [canary] }
            reason: "{{by}} may not {{verb}} {{name}} alone"
          - name: two-at-a-time
            when: { function: [amf], amount: { of: [replicas], by: 2, direction: up } }
            reason: "{{name}}: {{before}} to {{after}} is more than {{limit}} at a time"
          - name: replica-jump
            when: { amount: { of: [replicas], factor: 5 } }
            reason: "{{attribute}} {{before}} to {{after}}"
          - name: removal
            enabled: false
          - name: other-tenants
            when: { tenant: [red], object: [NetworkFunction/AMF], production: false }
        """

    private static let extended = [
        Row(name: "who", change: change { $0.by = "bot-7" }, reasons: ["bot-7 may not scale amf in core5g alone"]),
        Row(name: "somebody else", change: change(), reasons: []),
        Row(
            name: "but not the canary",
            change: change {
                $0.by = "bot-7"; $0.instance = "canary"
            }, reasons: []),
        Row(
            name: "elsewhere",
            change: change {
                $0.by = "bot-7"; $0.namespace = "lab"
            }, reasons: []),
        Row(name: "another verb", change: change(.update, .restart) { $0.by = "bot-7" }, reasons: []),
        Row(name: "up by three", change: change(amounts: ["replicas": (3, 6)]), reasons: ["amf in core5g: 3 to 6 is more than 2 at a time"]),
        Row(name: "up by two", change: change(amounts: ["replicas": (3, 5)]), reasons: []),
        Row(name: "down by three", change: change(amounts: ["replicas": (6, 3)]), reasons: []),
        Row(name: "a replaced rule", change: change(amounts: ["replicas": (12, 3)]), reasons: []),
        Row(name: "the replaced rule's own factor", change: change(amounts: ["replicas": (18, 3)]), reasons: ["replicas 18 to 3"]),
        Row(name: "a rule switched off", change: change(.delete, .remove), reasons: []),
        Row(name: "a rule of those that ship", change: change(amounts: ["replicas": (3, 0)]), reasons: ["amf in core5g is scaled to zero"]),
        Row(
            name: "marked as production", change: change { $0.namespace = "live-1" },
            reasons: ["amf in core5g is production: the namespace live-1 is marked as production"]),
        Row(name: "without a reason", change: change { $0.tenant = "red" }, reasons: ["amf in core5g: the rule other-tenants asks for approval"]),
    ]

    @Test("an operator's file adds, replaces and switches off rules", arguments: extended)
    func ownRules(_ row: Row) throws {
        let policy = try catalogue.approval.extended(by: Self.own, place: "own.yaml")
        #expect(policy.reasons(for: row.change) == row.reasons)
    }

    @Test(
        "a fault of a policy names its place and what is allowed",
        arguments: [
            ("rules: [{ when: { production: true } }]", "own.yaml: rules[0].name: is missing"),
            ("rules: [{ name: a, when: { verb: [delete] } }]", "own.yaml: rules[0].when.verb[0]: 'delete' is not one of deploy, scale"),
            ("rules: [{ name: a, when: { action: [drop] } }]", "own.yaml: rules[0].when.action[0]: 'drop' is not one of create, update"),
            ("rules: [{ name: a, when: { object: [AMF] } }]", "own.yaml: rules[0].when.object[0]: 'AMF' is no object; allowed: NetworkFunction"),
            ("rules: [{ name: a, when: { colour: [red] } }]", "own.yaml: rules[0].when.colour: unknown key; allowed: action, amount, by"),
            ("rules: [{ name: a, when: {} }]", "own.yaml: rules[0].when: a condition is expected"),
            ("rules: [{ name: a, when: { verb: [] } }]", "own.yaml: rules[0].when.verb: at least one pattern is expected"),
            ("rules: [{ name: a, when: { amount: { of: [users], to: 0 } } }]", "own.yaml: rules[0].when.amount.of[0]: 'users' is not one of replicas"),
            (
                "rules: [{ name: a, when: { amount: { of: [cpu] } } }]",
                "own.yaml: rules[0].when.amount: one of to, above, below, factor, by or direction is expected"
            ),
            ("rules: [{ name: a, when: { amount: { of: [cpu], factor: 0.5 } } }]", "own.yaml: rules[0].when.amount: factor: 0.5 is below 1"),
            ("rules: [{ name: a, when: { amount: { of: [cpu], above: much } } }]", "own.yaml: rules[0].when.amount.above: a number is expected"),
            ("rules: [{ name: a, when: { changes: { above: 0 } } }]", "own.yaml: rules[0].when.changes.above: 0 is not within 1 and 10000"),
            ("rules: [{ name: a, when: { production: true }, reason: \"{{mood}}\" }]", "own.yaml: rules[0].reason: a {{…}} is not closed or not one of after"),
            ("rules: [{ name: a, enabled: false }]", "own.yaml: rules[0]: there is no rule 'a' to switch off; there are removal"),
            ("rules: [{ name: a, when: { production: true } }, { name: a, when: { production: true } }]", "own.yaml: rules[1]: 'a' occurs twice"),
            ("verbs: [remove]", "own.yaml: verbs: unknown key; allowed: approval, production, roles, rules, tenants"),
            ("rules: [", "own.yaml: "),
        ])
    func faults(_ yaml: String, _ message: String) {
        let error = #expect(throws: CatalogueError.self) { try catalogue.approval.extended(by: yaml, place: "own.yaml") }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test("the setting is named where its file is wrong or missing")
    func setting() throws {
        #expect(try ApprovalPolicy.read(nil, over: catalogue.approval) == catalogue.approval)
        let missing = #expect(throws: CatalogueError.self) { try ApprovalPolicy.read("/nowhere/own.yaml", over: catalogue.approval) }
        #expect(missing?.description == "POLICY_FILE: /nowhere/own.yaml: cannot be read")
        let path = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString).yaml").path
        try Data("rules: [{ name: a, when: { verb: [stop] } }]".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let wrong = #expect(throws: CatalogueError.self) { try ApprovalPolicy.read(path, over: catalogue.approval) }
        #expect(wrong?.description.hasPrefix("POLICY_FILE: \(path): rules[0].when.verb[0]: 'stop' is not one of") == true)
    }

    @Test(
        "a star stands for any characters",
        arguments: [
            ("amf", "amf", true), ("AMF", "amf", true), ("amf", "*", true), ("", "*", true), ("core5g-west", "core*-w*t", true), ("core5g", "core", false),
            ("core", "core*5g", false), ("aab", "*ab", true), ("abcabd", "*ab*d", true), ("amf", "", false),
        ])
    func patterns(_ text: String, _ pattern: String, _ matches: Bool) { #expect(NamePattern.matches(text, pattern) == matches) }

    @Test("every rule and every range that ships is in the handbook")
    func handbook() throws {
        let root = "\(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })"
        let text = try String(contentsOfFile: "\(root)/docs/guardrails.md", encoding: .utf8)
        for rule in catalogue.approval.rules { #expect(text.contains("`\(rule.name)`"), "\(rule.name)") }
        for attribute in catalogue.ranges.keys { #expect(text.contains("`\(attribute)`"), "\(attribute)") }
        for name in ApprovalRule.reasonNames { #expect(text.contains("{{\(name)}}"), "\(name)") }
        for member in ApprovalRule.members { #expect(text.contains("`\(member)`"), "\(member)") }
    }

    // MARK: What planning tells the policy

    @Test("planning tells the policy of sizes, bounds, scope and how many objects there are")
    func planned() async throws {
        func reasons(_ expectations: IntentModel.Expectation..., on inventory: PublishedPackages = PublishedPackages(), request: IntentRequest = request)
            async throws -> [String]
        {
            let planner = Planner(catalogue: catalogue)
            let interpretation = Interpretation(
                decision: .accepted, expectations: expectations, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
            let outcome = try await planner.plan(interpretation, request: request, inventory: inventory, now: 0)
            return try #require(outcome.plan, "\(outcome.questions)").approvalReasons
        }
        let inventory = try await publishedAMF([number("replicas", 3), number("memory", 1024)])
        #expect(
            try await reasons(expectation(.scale, "AMF", [number("memory", 20_480)]), on: inventory) == [
                "amf in core5g goes from 1024 to 20480 MiB a replica, more than 10-fold"
            ])
        #expect(
            try await reasons(expectation(.scale, "AMF", [number("cpu", 32)]), on: inventory).first == "amf in core5g gets 32 cores a replica, more than 16")
        #expect(
            try await reasons(expectation(.deploy, "Custom", name: "fw", [number("minReplicas", 2), number("maxReplicas", 30)])) == [
                "fw in default may scale to 30 replicas, more than 20"
            ])
        #expect(try await reasons(expectation(.deploy, "5GC", kind: .coreNetwork)) == ["a whole core network changes: 10 objects"])
        #expect(try await reasons(expectation(.deploy, "Monitoring", kind: .infrastructure)) == ["monitoring in default serves the whole cluster default"])
        #expect(
            try await reasons(expectation(.configure, "Security", kind: .policy, [flag("encryption")])) == [
                "policy-security in default is for no slice, UE or place in particular"
            ])
        #expect(try await reasons(expectation(.configure, "Security", kind: .policy, [flag("encryption")]) { $0.namespace = "core5g" }) == [])
        let many = (1...11).map { index in expectation(.deploy, "Custom", name: "nf-\(index)", id: "e\(index)") }
        let interpretation = Interpretation(decision: .accepted, expectations: many, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let outcome = try await Planner(catalogue: catalogue).plan(interpretation, request: request, inventory: PublishedPackages(), now: 0)
        #expect(outcome.plan?.approvalReasons == ["11 objects change at once, more than 10"])
    }

    @Test("a rollback that brings back few replicas is judged by what it brings back")
    func rollback() async throws {
        var inventory = try await publishedAMF([number("replicas", 1)])
        inventory.publish(try await plan(expectation(.scale, "AMF", [number("replicas", 8)]), on: inventory))
        let outcome = try await plan(expectation(.rollback, "AMF", [words("version", "v1")]), on: inventory)
        #expect(outcome.plan?.approvalReasons == ["amf in core5g goes from 8 to 1 replicas, more than 3-fold"])
    }
}
