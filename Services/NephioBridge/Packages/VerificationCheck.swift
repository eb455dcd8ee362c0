/// One fact read back from Git.
struct VerificationCheck: Sendable, Equatable, CustomStringConvertible {
    enum Fact: String, Sendable { case commit, content, tag }

    var path: String
    var fact: Fact
    var passed: Bool
    /// For people, without the path.
    var detail: String

    var description: String { "\(self.path): \(self.detail)" }
}
