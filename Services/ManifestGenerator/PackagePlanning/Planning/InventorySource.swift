package import IntentModel

/// What is published: the state every plan starts from.
package protocol InventorySource: Sendable {
    /// The instances that meet every criterion given.
    func items(function: String?, instance: String?, namespace: String?, cluster: String?) async throws -> [InventoryItem]

    /// A package's files and the Git tree id of its directory; nil when there is none. `revision` (`v3`) asks for an
    /// earlier one, nil for the current.
    func files(path: String, revision: String?) async throws -> (tree: String, files: [PackageFile])?

    /// The newest revision that an intent published: what a person has changed since is the difference to it. Nil when there is none.
    func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])?

    /// The revisions of a package, newest first.
    func revisions(path: String) async throws -> [String]

    /// What is published for everybody: for sums of what a cluster has to carry, of which no part is shown.
    var whole: any InventorySource { get }
}

extension InventorySource {
    package var whole: any InventorySource { self }

    package func files(path: String) async throws -> (tree: String, files: [PackageFile])? { try await self.files(path: path, revision: nil) }
}
