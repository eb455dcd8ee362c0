import GitObjects
import IntentModel

/// A package as it stands at the head of the branch.
struct PackageEntry: Sendable, Equatable {
    var path: PackagePath
    var tree: ObjectID
    /// The last published revision; 0 when none was (a person made the directory).
    var revision: Int
    /// The commit that gave the directory its content.
    var commit: ObjectID
    /// Nil when a person's commit did.
    var intentId: IntentID?
    var updatedAt: CommitTime
    var function: String
    var replicas: Int?

    var item: InventoryItem {
        InventoryItem(
            instance: self.path.instance, function: self.function, cluster: self.path.cluster, namespace: self.path.namespace,
            path: self.path.description, revision: "v\(self.revision)", commit: self.commit.description, tree: self.tree.description,
            intentId: self.intentId?.description, updatedAt: self.updatedAt.description, replicas: self.replicas
        )
    }
}
