/// Of a ``Plan`` what delivery needs. Expectations and resources are most of what there is to read, and for planning alone.
package struct PlannedDelivery: Decodable, Sendable {
    private struct Package: Decodable {
        var instance: String
        var path: String
        var function: String
        var cluster: String
        var namespace: String
        var change: PackageChange.Change
        var base: String?
        var result: String?
        var figures: [Figure]?
    }

    /// Of a policy what tells whether it was to be changed.
    package struct Policy: Decodable, Sendable, Equatable {
        package var policyId: String
        package var change: PolicyChange.Change

        package init(policyId: String, change: PolicyChange.Change) {
            self.policyId = policyId
            self.change = change
        }
    }

    private enum CodingKeys: String, CodingKey { case packages, policies }

    /// Without `expectations` and `resources`.
    package var packages: [PackageChange]
    package var policies: [Policy]

    package init(packages: [PackageChange] = [], policies: [Policy] = []) {
        self.packages = packages
        self.policies = policies
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.policies = try container.decodeIfPresent([Policy].self, forKey: .policies) ?? []
        self.packages = try container.decode([Package].self, forKey: .packages).map { package in
            PackageChange(
                instance: package.instance, path: package.path, function: package.function, cluster: package.cluster, namespace: package.namespace,
                change: package.change, base: package.base, result: package.result,
                figures: package.figures ?? [])
        }
    }
}
