import GitObjects
import IntentModel

extension PackageRepository {
    /// What undoes `changes`: each package as it was before. Published like any other request, so a package that somebody has changed since
    /// is a conflict.
    /// - Throws: ``GitError`` when an earlier content cannot be read.
    func reversal(of changes: [PackageChange]) async throws -> (changes: [PackageChange], files: [String: [PackageFile]]) {
        var reversed: [PackageChange] = []
        var files: [String: [PackageFile]] = [:]
        for change in changes {
            var back = change
            (back.base, back.result) = (change.result, change.base)
            back.figures = []
            switch change.change {
            case .create: back.change = .delete
            case .delete: back.change = .create
            case .update, .none: back.change = .update
            }
            if let tree = change.base.flatMap({ ObjectID($0) }) { files[change.path] = try await self.files(tree: tree) }
            reversed.append(back)
        }
        return (reversed, files)
    }
}
