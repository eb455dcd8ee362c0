import Foundation

/// What Porch does to its repository: one commit a publication, on the branch and under the tag `<package>/v<revision>`; one at a time.
package actor PorchCommitter {
    private let repository: String
    private var last: Task<String, any Error>?

    /// - Parameter repository: a bare one, whose branch `main` has a commit.
    package init(repository: String) { self.repository = repository }

    package func commit(_ publication: FakePorch.Publication) async throws -> String {
        let before = self.last
        let task = Task { [repository] in
            _ = await before?.result
            return try await offPool { try Self.commit(publication, in: repository) }
        }
        self.last = task
        return try await task.value
    }

    private static func commit(_ publication: FakePorch.Publication, in repository: String) throws -> String {
        let message = "Approve \(publication.path)/\(publication.revision)"
        var stream = "feature done\ncommit refs/heads/main\nmark :1\ncommitter Porch <porch@kpt.dev> \(Int(Date().timeIntervalSince1970)) +0000\n"
        stream += "data \(message.utf8.count)\n\(message)\nfrom refs/heads/main^0\nD \(publication.path)\n"
        for (name, content) in publication.files.sorted(by: { $0.key < $1.key }) {
            stream += "M 100644 inline \(publication.path)/\(name)\ndata \(content.utf8.count)\n\(content)\n"
        }
        if publication.revision > 0 { stream += "\nreset refs/tags/\(publication.path)/v\(publication.revision)\nfrom :1\n\n" }
        stream += "done\n"
        let directory = try TemporaryDirectory()
        try stream.write(toFile: directory.file("stream"), atomically: true, encoding: .utf8)
        let git = "git --git-dir='\(repository)'"
        let output = try Tool.output(["sh", "-c", "\(git) fast-import --quiet < '\(directory.file("stream"))' && \(git) rev-parse refs/heads/main"])
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
