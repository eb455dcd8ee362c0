import IntentModel

/// The directory of a package in the repository: `<cluster>/<namespace>/<instance>`, each a DNS label (RFC 1123).
///
/// The only form in which a directory name reaches git: no `..`, no quoting, no option, no second meaning.
struct PackagePath: Hashable, Sendable, Comparable, CustomStringConvertible {
    let cluster: String
    let namespace: String
    let instance: String

    /// Nil unless `text` is three DNS labels joined by `/`.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy(\.isDNSLabel) else { return nil }
        self.cluster = String(parts[0])
        self.namespace = String(parts[1])
        self.instance = String(parts[2])
    }

    /// The package that the file or directory `path` of the repository belongs to; nil when it belongs to none.
    init?(containing path: some StringProtocol) {
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        self.init(parts[..<3].joined(separator: "/"))
    }

    var description: String { "\(self.cluster)/\(self.namespace)/\(self.instance)" }

    /// Name of the tag of a revision, below `refs/tags/`.
    func tag(revision: Int) -> String { "\(self)/v\(revision)" }

    static func < (a: PackagePath, b: PackagePath) -> Bool { (a.cluster, a.namespace, a.instance) < (b.cluster, b.namespace, b.instance) }
}
