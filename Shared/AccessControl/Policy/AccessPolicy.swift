import Yams

/// The part of an installation's policy that says who people are: what roles may do, whether somebody may approve what he asked for, what each
/// tenant may touch and how much. What waits for approval is in the same file and read where plans are made.
///
/// Tenants are closed: once the policy names any, one that it does not name may touch nothing.
package struct AccessPolicy: Sendable, Equatable {
    package private(set) var roles: [String: Set<Scope>]
    /// Who may approve what he asked for himself: patterns of ``Principal/identity``.
    package private(set) var selfApprovers: [String]
    /// Who stands behind a key of a program, by patterns of the key's name: they can make it ask, and so approve nothing that it asked for.
    package private(set) var programs: [String: [String]]
    package private(set) var tenants: [String: TenantPolicy]

    /// What ships.
    package static func shipped() throws(AccessFault) -> AccessPolicy {
        var policy = AccessPolicy(roles: [:], selfApprovers: [], programs: [:], tenants: [:])
        try policy.read(String(decoding: PackageResources.access_policy_yaml, as: UTF8.self))
        return policy
    }

    private init(roles: [String: Set<Scope>], selfApprovers: [String], programs: [String: [String]], tenants: [String: TenantPolicy]) {
        self.roles = roles
        self.selfApprovers = selfApprovers
        self.programs = programs
        self.tenants = tenants
    }

    /// This policy with another file's words on top: a role or tenant of the same name replaces.
    package func extended(by yaml: String) throws(AccessFault) -> AccessPolicy {
        var policy = self
        try policy.read(yaml)
        return policy
    }

    private struct Document: Decodable {
        struct Approval: Decodable {
            var bySelf: [String]?
            var programs: [String: [String]]?
        }
        var roles: [String: [Scope]]?
        var approval: Approval?
        var tenants: [String: TenantPolicy]?
    }

    private static let members: Set<String> = ["roles", "approval", "tenants", "production", "rules"]

    private mutating func read(_ yaml: String) throws(AccessFault) {
        let document: Document
        do {
            // Types are those of `Document`: nothing is asked of a regular expression, unless a merge may have to be found.
            guard let root = try Yams.compose(yaml: yaml, yaml.contains("<<") ? .default : .basic), root.null == nil else { return }
            guard let mapping = root.mapping else { throw AccessFault("", "a mapping of \(Self.members.sorted().joined(separator: ", ")) is expected") }
            for key in mapping.keys.compactMap(\.string) where !Self.members.contains(key) {
                throw AccessFault(key, "is not known; there are \(Self.members.sorted().joined(separator: ", "))")
            }
            try Self.checkMembers(of: mapping["approval"], in: "approval", ["bySelf", "programs"])
            for (name, tenant) in mapping["tenants"]?.mapping ?? [:] {
                let place = "tenants/\(name.string ?? "")"
                guard Tenant.isName(name.string ?? "") else { throw AccessFault(place, "a name of lower-case letters, digits, '-', '_' and '.' is expected") }
                try Self.checkMembers(of: tenant, in: place, TenantPolicy.members)
                try Self.checkMembers(of: tenant.mapping?["limits"], in: "\(place)/limits", TenantPolicy.Limits.members)
            }
            document = try YAMLDecoder().decode(Document.self, from: root)
        } catch let fault as AccessFault {
            throw fault
        } catch let error as DecodingError {
            throw error.fault
        } catch {
            throw AccessFault("", "is not YAML")
        }
        for (name, scopes) in document.roles ?? [:] { self.roles[name] = Set(scopes) }
        if let bySelf = document.approval?.bySelf { self.selfApprovers = bySelf }
        if let programs = document.approval?.programs { self.programs = programs }
        for (name, tenant) in document.tenants ?? [:] {
            if let fault = tenant.limits?.fault { throw AccessFault("tenants/\(name)/limits/\(fault.place)", fault.problem) }
            self.tenants[name] = tenant
        }
    }

    private static func checkMembers(of node: Node?, in place: String, _ known: Set<String>) throws(AccessFault) {
        for key in node?.mapping?.keys.compactMap(\.string) ?? [] where !known.contains(key) {
            throw AccessFault("\(place)/\(key)", "is not known; there are \(known.sorted().joined(separator: ", "))")
        }
    }

    /// What several roles may do together; those that the policy does not know add nothing.
    package func scopes(of roles: [String]) -> Set<Scope> { roles.reduce(into: []) { $0.formUnion(self.roles[$1] ?? []) } }

    /// Four eyes: whether he may approve what `requester` asked for.
    package func mayApprove(_ principal: Principal, of requester: String) -> Bool {
        (principal.name != requester && !self.stands(principal, behind: requester))
            || self.selfApprovers.contains { NamePattern.matches(principal.identity, $0) }
    }

    /// Whether a program asks for him, among others.
    package func stands(_ principal: Principal, behind program: String) -> Bool {
        self.programs.contains { NamePattern.matches(program, $0.key) && $0.value.contains { NamePattern.matches(principal.name, $0) } }
    }

    /// Why a tenant may not touch this place, or nil when he may.
    package func refusal(of tenant: String, namespace: String, cluster: String) -> String? {
        guard !self.tenants.isEmpty, tenant != Tenant.installation || self.tenants[tenant] != nil else { return nil }
        guard let policy = self.tenants[tenant] else { return "the policy names no tenant \(tenant), and others than those it names may touch nothing" }
        if let allowed = policy.namespaces, !allowed.contains(where: { NamePattern.matches(namespace, $0) }) {
            return "tenants/\(tenant)/namespaces: \(namespace) is none of \(allowed.joined(separator: ", "))"
        }
        if let allowed = policy.clusters, !allowed.contains(where: { NamePattern.matches(cluster, $0) }) {
            return "tenants/\(tenant)/clusters: \(cluster) is none of \(allowed.joined(separator: ", "))"
        }
        return nil
    }

    /// Why this package does not exist for him, or nil when it does.
    ///
    /// - Parameter path: `cluster/namespace/instance`.
    package func refusal(to principal: Principal, package path: String) -> String? {
        guard !principal.administersInstallation else { return nil }
        return self.refusal(of: principal.tenant, package: path)
    }

    /// The same for a tenant.
    package func refusal(of tenant: String, package path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2 else { return "\(path) is no package" }
        return self.refusal(of: tenant, namespace: parts[1], cluster: parts[0])
    }

    /// Why a tenant may not write to this repository, or nil when he may.
    package func refusal(of tenant: String, repository: String) -> String? {
        guard !self.tenants.isEmpty, tenant != Tenant.installation || self.tenants[tenant] != nil else { return nil }
        guard let policy = self.tenants[tenant] else { return "the policy names no tenant \(tenant), and others than those it names may touch nothing" }
        guard let allowed = policy.repositories, !allowed.contains(where: { NamePattern.matches(repository, $0) }) else { return nil }
        return "tenants/\(tenant)/repositories: \(repository) is none of \(allowed.joined(separator: ", "))"
    }
}
