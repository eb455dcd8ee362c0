import AccessControl
import Foundation
import IntentModel

/// Cases that a policy is held against: what somebody asks for, and what is to come of it.
///
/// ```yaml
/// policy: policy.yaml                # beside this file; left out: what ships
/// cases:
///   - name: a removal asks
///     change: {verb: remove, action: delete, object: NetworkFunction/AMF, namespace: core5g, cluster: east, by: ada, tenant: north}
///     expect: approval               # allowed, approval or refused
///     rules: [removal]               # exactly these decide; left out: any
///   - name: nobody approves his own
///     approve: {by: ada, requestedBy: ada}
///     expect: refused
///   - name: a viewer submits nothing
///     access: {roles: [viewer], scope: "intents:write"}
///     expect: refused
/// ```
package struct PolicyCases: Sendable {
    package enum Outcome: String, Sendable, CaseIterable { case allowed, approval, refused }

    package struct Result: Sendable {
        package var name: String
        package var isAsExpected: Bool
        /// What came of it, and why.
        package var outcome: String
    }

    private enum Question: Sendable {
        case change(ProposedChange, repository: String?)
        case approve(Principal, requester: String)
        case access(roles: [String], scope: Scope)
    }

    private struct Case: Sendable {
        var name: String
        var question: Question
        var expected: Outcome
        var rules: [String]?
    }

    /// The policy they are about, as the file names it.
    package let policy: String?
    private let cases: [Case]

    package init(file path: String) throws(CatalogueError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw CatalogueError(place: path, problem: "cannot be read") }
        try self.init(yaml: String(decoding: data, as: UTF8.self), place: path)
    }

    package init(yaml: String, place: String) throws(CatalogueError) {
        let node: YAMLNode
        do { node = try YAMLNode.document(in: yaml) } catch { throw CatalogueError(place: place, problem: error.description) }
        let reader = CatalogueReader(node, place: "\(place):")
        try reader.keys(["policy", "cases"])
        self.policy = try reader["policy"]?.text()
        var cases: [Case] = []
        for item in try reader.required("cases").list() {
            try item.keys(["name", "change", "approve", "access", "expect", "rules"])
            guard let expected = Outcome(rawValue: try item.required("expect").text(oneOf: Outcome.allCases.map(\.rawValue))) else { continue }
            cases.append(
                Case(name: try item.required("name").text(), question: try Self.question(item), expected: expected, rules: try item["rules"]?.texts()))
        }
        guard !cases.isEmpty else { throw CatalogueError(place: place, problem: "there is no case in it") }
        self.cases = cases
    }

    /// What comes of each case.
    package func results(under policy: ApprovalPolicy) throws(CatalogueError) -> [Result] {
        let access: AccessPolicy
        do { access = if let own = policy.access { own } else { try AccessPolicy.shipped() } } catch {
            throw CatalogueError(place: "policy", problem: "\(error)")
        }
        return self.cases.map { one in
            let (outcome, rules, reason) = Self.outcome(of: one.question, policy, access)
            let isAsExpected = outcome == one.expected && (one.rules.map { Set($0) == Set(rules) } ?? true)
            var text = outcome.rawValue
            if !reason.isEmpty { text += " (\(reason))" }
            if !isAsExpected {
                text +=
                    "; expected \(one.expected.rawValue)" + (one.rules.map { " by \($0.joined(separator: ", "))" } ?? "")
                    + (rules.isEmpty ? "" : ", decided by \(rules.joined(separator: ", "))")
            }
            return Result(name: one.name, isAsExpected: isAsExpected, outcome: text)
        }
    }

    private static func outcome(of question: Question, _ policy: ApprovalPolicy, _ access: AccessPolicy) -> (Outcome, rules: [String], reason: String) {
        switch question {
        case .change(let change, let repository):
            var verdicts = policy.verdicts(on: change)
            if let reason = repository.flatMap({ access.refusal(of: change.tenant, repository: $0) }) {
                verdicts.insert(.init(rule: "tenants/\(change.tenant)", effect: .refuse, reason: reason), at: 0)
            }
            let refusing = verdicts.filter { $0.effect == .refuse }
            let deciding = refusing.isEmpty ? verdicts : refusing
            let outcome: Outcome = deciding.isEmpty ? .allowed : refusing.isEmpty ? .approval : .refused
            return (outcome, deciding.map(\.rule), deciding.map(\.reason).joined(separator: "; "))
        case .approve(let principal, let requester):
            return access.mayApprove(principal, of: requester)
                ? (.allowed, [], "") : (.refused, ["approval.bySelf"], "\(requester) asked for it; approval.bySelf does not name \(principal.identity)")
        case .access(let roles, let scope):
            let principal = Principal(name: "case", tenant: Tenant.installation, scopes: access.scopes(of: roles))
            return principal.may(scope) ? (.allowed, [], "") : (.refused, ["roles"], "\(roles.joined(separator: ", ")) may not \(scope.rawValue)")
        }
    }

    // MARK: Reading

    private static func question(_ item: CatalogueReader) throws(CatalogueError) -> Question {
        if let change = item["change"] { return .change(try self.change(change), repository: try change["repository"]?.text()) }
        if let approve = item["approve"] {
            try approve.keys(["by", "method", "tenant", "requestedBy"])
            let methods = [Principal.Method.key, .token, .none]
            let method = try approve["method"]?.text(oneOf: methods.map(\.rawValue)) ?? Principal.Method.key.rawValue
            return .approve(
                Principal(
                    name: try approve.required("by").text(), tenant: try approve["tenant"]?.text() ?? Tenant.installation, scopes: [.intentsApprove],
                    method: Principal.Method(rawValue: method) ?? .key), requester: try approve.required("requestedBy").text())
        }
        guard let access = item["access"] else { throw item.fault("one of change, approve or access is expected") }
        try access.keys(["roles", "scope"])
        guard let scope = Scope(rawValue: try access.required("scope").text(oneOf: Scope.allCases.map(\.rawValue))) else {
            throw access.fault("a scope is expected")
        }
        return .access(roles: try access.required("roles").texts(), scope: scope)
    }

    private static func change(_ reader: CatalogueReader) throws(CatalogueError) -> ProposedChange {
        try reader.keys([
            "name", "verb", "action", "object", "function", "instance", "namespace", "cluster", "environment", "by", "tenant", "amounts", "count", "unscoped",
            "repository",
        ])
        let actions = ProposedChange.Action.allCases.map(\.rawValue)
        let verb = Verb(rawValue: try reader["verb"]?.text(oneOf: Verb.allCases.map(\.rawValue)) ?? "") ?? .deploy
        let action = ProposedChange.Action(rawValue: try reader["action"]?.text(oneOf: actions) ?? "") ?? .update
        let (namespace, cluster) = (try reader["namespace"]?.text() ?? "default", try reader["cluster"]?.text() ?? "default")
        let (function, instance) = (try reader["function"]?.text(), try reader["instance"]?.text())
        let name = try reader["name"]?.text() ?? "\(instance ?? function?.lowercased() ?? "it") in \(namespace)"
        var change = ProposedChange(
            name: name, action: action, verbs: [verb], namespace: namespace, cluster: cluster, by: try reader["by"]?.text() ?? "unknown",
            tenant: try reader["tenant"]?.text() ?? Tenant.installation)
        if let object = try reader["object"]?.text() { change.objects = [object, String(object.prefix { $0 != "/" })] }
        change.function = function
        change.instance = instance
        change.environment = try reader["environment"]?.text()
        if let count = try reader["count"]?.integer(in: 1...10_000) { change.count = count }
        change.isUnscoped = try reader["unscoped"]?.boolean() ?? false
        if let amounts = reader["amounts"] {
            try amounts.keys(Set(ProposedChange.attributes))
            for attribute in ProposedChange.attributes {
                guard let amount = amounts[attribute] else { continue }
                try amount.keys(["before", "after"])
                change.amounts[attribute] = ProposedChange.Amount(before: try amount["before"]?.number(), after: try amount.required("after").number())
            }
        }
        return change
    }
}
