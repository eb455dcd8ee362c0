import GitObjects
import IntentModel

/// One revision of one package, as its commit's trailers tell it.
struct Publication: Sendable, Equatable {
    var intentId: IntentID
    var path: PackagePath
    var revision: Int
    var change: PackageChange.Change
    var commit: ObjectID
    var time: CommitTime
    /// It took back what the intent had published before.
    var isReversal = false

    func published(repository: String) -> PublishedPackage {
        PublishedPackage(
            instance: self.path.instance, repository: repository, path: self.path.description, revision: "v\(self.revision)",
            commit: self.commit.description, change: self.change
        )
    }
}
