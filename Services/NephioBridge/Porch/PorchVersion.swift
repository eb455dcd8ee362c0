import JSONSchema
import Kubernetes

/// The two forms of Porch's API. Source: nephio-project/porch, api/porch/v1alpha1/types.go and api/porch/v1alpha2/packagerevision_types.go.
enum PorchVersion: String, Sendable, CaseIterable {
    /// Served by Porch's own API server: the change is made before the answer comes.
    case v1alpha1
    /// Kept by Kubernetes, carried out by Porch's controller afterwards.
    case v1alpha2

    static let group = "porch.kpt.dev"

    var revisions: ResourceKind { ResourceKind(group: Self.group, version: self.rawValue, kind: "PackageRevision", plural: "packagerevisions") }

    /// The files of a revision; of one version for both.
    static let resources = ResourceKind(
        group: Self.group, version: PorchVersion.v1alpha1.rawValue, kind: "PackageRevisionResources", plural: "packagerevisionresources")

    /// Where a decision about a proposal is written: resources that Kubernetes keeps have no such part.
    var approval: String? { self == .v1alpha1 ? "approval" : nil }

    /// How a new revision says where its content comes from.
    ///
    /// - Parameter source: name of the revision that it is made from; nil for a package that is new.
    func origin(source: String?, description: String) -> (member: String, value: JSONValue) {
        switch (self, source) {
        case (.v1alpha1, nil): ("tasks", [["type": "init", "init": ["description": .string(description)]]])
        case (.v1alpha1, let source?): ("tasks", [["type": "edit", "edit": ["sourceRef": ["name": .string(source)]]]])
        case (.v1alpha2, nil): ("source", ["init": ["description": .string(description)]])
        case (.v1alpha2, let source?): ("source", ["copyFrom": ["name": .string(source)]])
        }
    }
}
