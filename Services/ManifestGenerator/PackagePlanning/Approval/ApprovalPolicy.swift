package import AccessControl
import Foundation

/// Which changes wait for a person. A pure value, read from `approval-policy.yaml` and the operator's own file; `approval: auto` of a request
/// never overrides it. See docs/guardrails.md.
package struct ApprovalPolicy: Sendable, Equatable {
    package private(set) var rules: [ApprovalRule]
    /// Environments of the text, or of the installation, that count as production.
    package var environments: [String]
    /// Namespaces and clusters marked as production; patterns.
    package var namespaces: [String]
    package var clusters: [String]
    /// The installation's own environment (`ENVIRONMENT`).
    package var environment: String?
    /// What each tenant may touch; read from the same file.
    package var access: AccessPolicy?

    init(_ reader: CatalogueReader) throws(CatalogueError) {
        self.rules = []
        self.environments = []
        self.namespaces = []
        self.clusters = []
        try self.read(reader)
    }

    /// This policy with the rules of another file: one of the same name replaces, `enabled: false` takes away, others are added. Production is
    /// what either says.
    ///
    /// - Throws: what is wrong with the file, where, and what is allowed there.
    package func extended(byFile path: String) throws(CatalogueError) -> ApprovalPolicy {
        guard let data = FileManager.default.contents(atPath: path) else { throw CatalogueError(place: path, problem: "cannot be read") }
        return try self.extended(by: String(decoding: data, as: UTF8.self), place: path)
    }

    /// The policy of an installation whose setting `POLICY_FILE` is `path`.
    package static func read(_ path: String?, over shipped: ApprovalPolicy) throws(CatalogueError) -> ApprovalPolicy {
        guard let path else { return shipped }
        do {
            return try shipped.extended(byFile: path)
        } catch {
            throw CatalogueError(place: "POLICY_FILE: \(error.place)", problem: error.problem)
        }
    }

    package func extended(by yaml: String, place: String) throws(CatalogueError) -> ApprovalPolicy {
        let node: YAMLNode
        do {
            node = try YAMLNode.document(in: yaml)
        } catch {
            throw CatalogueError(place: place, problem: error.description)
        }
        var policy = self
        try policy.read(CatalogueReader(node, place: "\(place):"))
        do throws(AccessFault) {
            let known = if let access = policy.access { access } else { try AccessPolicy.shipped() }
            policy.access = try known.extended(by: yaml)
        } catch {
            throw CatalogueError(place: "\(place):\(error.place)", problem: error.problem)
        }
        return policy
    }

    private mutating func read(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["production", "rules", "roles", "approval", "tenants"])
        if let production = reader["production"] {
            try production.keys(["environments", "namespaces", "clusters"])
            self.environments += try production["environments"]?.texts() ?? []
            self.namespaces += try production["namespaces"]?.texts() ?? []
            self.clusters += try production["clusters"]?.texts() ?? []
        }
        var seen: Set<String> = []
        for item in try reader["rules"]?.list() ?? [] {
            let name = try item.required("name").text()
            guard seen.insert(name).inserted else { throw item.fault("'\(name)' occurs twice") }
            let index = self.rules.firstIndex { $0.name == name }
            if try item["enabled"]?.boolean() == false {
                guard let index else {
                    throw item.fault("there is no rule '\(name)' to switch off; there are \(self.rules.map(\.name).joined(separator: ", "))")
                }
                self.rules.remove(at: index)
                continue
            }
            let rule = try ApprovalRule(item)
            if let index { self.rules[index] = rule } else { self.rules.append(rule) }
        }
    }

    /// The policy with the settings of this installation on top.
    package func inInstallation(environment: String?, productionNamespaces: [String] = [], productionClusters: [String] = []) -> ApprovalPolicy {
        var policy = self
        policy.environment = environment
        policy.namespaces += productionNamespaces
        policy.clusters += productionClusters
        return policy
    }

    /// A rule that is about a change, and what it says.
    package struct Verdict: Sendable, Equatable {
        package var rule: String
        package var effect: ApprovalRule.Effect
        package var reason: String
    }

    /// Every rule that is about this change, in the order of the rules; what the tenant may not touch comes first.
    package func verdicts(on change: ProposedChange) -> [Verdict] {
        let production = self.production(change)
        var verdicts: [Verdict] = []
        if let reason = self.access?.refusal(of: change.tenant, namespace: change.namespace, cluster: change.cluster) {
            verdicts.append(Verdict(rule: "tenants/\(change.tenant)", effect: .refuse, reason: reason))
        }
        for rule in self.rules {
            guard let reason = rule.reason(for: change, production: production) else { continue }
            verdicts.append(Verdict(rule: rule.name, effect: rule.effect, reason: reason))
        }
        return verdicts
    }

    /// Why a change waits for a person: a reason for every rule that is about it, in the order of the rules; empty when none is.
    package func reasons(for change: ProposedChange) -> [String] {
        var reasons: [String] = []
        for verdict in self.verdicts(on: change) where verdict.effect == .approve && !reasons.contains(verdict.reason) { reasons.append(verdict.reason) }
        return reasons
    }

    /// Why a change at this place is a change of production, or nil.
    private func production(_ change: ProposedChange) -> String? {
        func isMarked(_ name: String, _ patterns: [String]) -> Bool { patterns.contains { NamePattern.matches(name, $0) } }
        if let said = change.environment, isMarked(said, self.environments) { return "the intent says \(said)" }
        if let environment = self.environment?.lowercased(), isMarked(environment, self.environments) { return "this installation is \(environment)" }
        if isMarked(change.namespace, self.namespaces) { return "the namespace \(change.namespace) is marked as production" }
        if isMarked(change.cluster, self.clusters) { return "the cluster \(change.cluster) is marked as production" }
        return nil
    }
}
