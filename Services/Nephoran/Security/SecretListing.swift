import Foundation
import Yams

/// A file of the settings that names further files with secrets: the repositories of clusters, the managed elements. Only those names are read of it; what
/// else is right or wrong in it is its service's to say.
struct SecretListing {
    /// Setting → the list in its file, and the members of an entry that name a secret's file.
    static let settings = [
        "GIT_REPOSITORIES_FILE": (list: "repositories", members: ["tokenFile", "sshKeyFile", "signingKeyFile"]),
        "O1_ELEMENTS": (list: "elements", members: ["passwordFile", "keyFile"]),
    ]
    /// No such file has as much to say.
    private static let maxBytes = 1 << 20

    /// What the file names; nil when it cannot be read.
    let secrets: Set<String>?

    /// - Parameter setting: of ``settings``.
    init(_ path: String, of setting: String) {
        guard let (list, members) = Self.settings[setting], let text = Self.text(path), let root = try? Yams.compose(yaml: text) else {
            self.secrets = nil
            return
        }
        // A list of something else has no secrets, and stops its service.
        let entries = root.mapping?[list]?.sequence.map { Array($0) } ?? []
        self.secrets = Set(entries.flatMap { entry in members.compactMap { entry.mapping?[$0]?.string } }.filter { !$0.isEmpty })
    }

    private static func text(_ path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: self.maxBytes + 1), data.count <= self.maxBytes else { return nil }
        return String(data: data, encoding: .utf8)
    }
}
