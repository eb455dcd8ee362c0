/// Which instance a package holds, and where.
package struct PackageIdentity: Sendable, Hashable {
    /// DNS labels, all three.
    package var cluster: String
    package var namespace: String
    package var instance: String
    /// Canonical code of the function.
    package var function: String
    /// The slice or core it is part of, an instance name.
    package var partOf: String?
    /// What the names of the functions of its core begin with, such as `lab-`; empty for the only core of a namespace.
    package var core = ""

    package init(cluster: String, namespace: String, instance: String, function: String, partOf: String? = nil) {
        self.cluster = cluster
        self.namespace = namespace
        self.instance = instance
        self.function = function
        self.partOf = partOf
    }

    /// Directory in the repository.
    package var path: String { "\(self.cluster)/\(self.namespace)/\(self.instance)" }
}
