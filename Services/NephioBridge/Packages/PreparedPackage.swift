import GitObjects
import IntentModel

/// What a package's files are to Git and to the inventory. Made before the repository's turn: whoever asks for packages meanwhile does not wait for it.
struct PreparedPackage: Sendable {
    /// Why the files cannot be a package; nil when they can.
    let objection: String?
    /// Nil when they cannot.
    let content: GitTree?
    let summary: PackageSummary

    init(_ files: [PackageFile]) {
        self.objection = PackageContent.objection(to: files)
        self.content = self.objection == nil ? GitTree(of: files) : nil
        self.summary = PackageSummary(files: self.objection == nil ? files : [])
    }
}

extension PublishRequest {
    /// With all that can be said of its files alone.
    var withPreparedPackages: PublishRequest {
        var request = self
        for change in self.changes where (change.change == .create || change.change == .update) && request.prepared[change.path] == nil {
            if let files = self.files[change.path] { request.prepared[change.path] = PreparedPackage(files) }
        }
        return request
    }
}
