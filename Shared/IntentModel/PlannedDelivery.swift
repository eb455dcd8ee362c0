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

    private enum CodingKeys: String, CodingKey { case packages }

    /// Without `expectations` and `resources`.
    package var packages: [PackageChange]

    package init(from decoder: any Decoder) throws {
        self.packages = try decoder.container(keyedBy: CodingKeys.self).decode([Package].self, forKey: .packages).map { package in
            PackageChange(
                instance: package.instance, path: package.path, function: package.function, cluster: package.cluster, namespace: package.namespace,
                change: package.change, base: package.base, result: package.result,
                figures: package.figures ?? [])
        }
    }
}
