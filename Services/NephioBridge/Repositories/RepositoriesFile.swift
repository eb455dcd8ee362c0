import Foundation
import IntentModel
import Yams

/// The file of `GIT_REPOSITORIES_FILE`: a list under `repositories`, YAML or JSON.
struct RepositoriesFile: Sendable {
    struct Entry: Decodable, Sendable, Equatable {
        /// A DNS label, unique in the file.
        var name: String
        /// A directory (made when missing) or a URL.
        var url: String
        /// Patterns of the clusters that are delivered from it: labels, with `*` for any characters.
        var clusters: [String]
        /// What is absent is as for `GIT_REPO_URL`.
        var branch: String?
        var tokenFile: String?
        var sshKeyFile: String?
        var knownHostsFile: String?
        var caFile: String?
        var signingKeyFile: String?
        /// `owner/name` at the forge, with `DELIVERY_MODE=pull-request`.
        var forgeRepository: String?
        /// Name of Porch's Repository object, with `PORCH_ENABLED`.
        var porchRepository: String?

        static let members: Set<String> = [
            "name", "url", "clusters", "branch", "tokenFile", "sshKeyFile", "knownHostsFile", "caFile", "signingKeyFile", "forgeRepository", "porchRepository",
        ]

        var isRemote: Bool { PublishTarget.isRemote(self.url) }
    }

    struct Unreadable: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    private struct Document: Decodable { var repositories: [Entry] }

    /// More than a process should hold open.
    static let maxEntries = 100

    let entries: [Entry]

    static func read(path: String) throws(Unreadable) -> RepositoriesFile {
        guard let data = FileManager.default.contents(atPath: path) else { throw Unreadable(description: "\(path) cannot be read") }
        return try RepositoriesFile(String(decoding: data, as: UTF8.self))
    }

    init(_ text: String) throws(Unreadable) {
        do {
            guard let root = try Yams.compose(yaml: text)?.mapping else { throw Unreadable(description: "a list 'repositories' is expected") }
            if let stray = root.keys.compactMap(\.string).first(where: { $0 != "repositories" }) { throw Unreadable(description: "'\(stray)' is not known") }
            for (index, entry) in (root["repositories"]?.sequence ?? []).enumerated() {
                guard let stray = entry.mapping?.keys.compactMap(\.string).sorted().first(where: { !Entry.members.contains($0) }) else { continue }
                throw Unreadable(description: "repositories[\(index)]: '\(stray)' is not known; there are \(Entry.members.sorted().joined(separator: ", "))")
            }
            self.entries = try YAMLDecoder().decode(Document.self, from: text).repositories
        } catch let error as Unreadable {
            throw error
        } catch let error as DecodingError {
            throw Unreadable(description: Self.text(of: error))
        } catch {
            throw Unreadable(description: "it is not YAML")
        }
        try self.check()
    }

    private func check() throws(Unreadable) {
        guard !self.entries.isEmpty, self.entries.count <= Self.maxEntries else {
            throw Unreadable(description: "1 to \(Self.maxEntries) repositories are expected")
        }
        // Mirrors are named after them, and that of previews is one.
        var names: Set<String> = [DeploymentRepositories.mainName, "preview"]
        var patterns: [String: String] = [:]
        for (index, entry) in self.entries.enumerated() {
            let place = "repositories[\(index)]"
            guard entry.name.isDNSLabel else { throw Unreadable(description: "\(place): name must be a DNS label") }
            guard names.insert(entry.name).inserted else { throw Unreadable(description: "\(place): the name \(entry.name) is taken") }
            guard !entry.url.isEmpty, !entry.url.hasPrefix("-") else { throw Unreadable(description: "\(place): url must be a directory or a URL") }
            guard !entry.clusters.isEmpty else { throw Unreadable(description: "\(place): clusters names none") }
            for pattern in entry.clusters {
                guard Self.isPattern(pattern) else { throw Unreadable(description: "\(place): '\(pattern)' is no name of a cluster, nor a pattern of some") }
                if let other = patterns.updateValue(entry.name, forKey: pattern) {
                    throw Unreadable(description: "\(place): the clusters \(pattern) are those of \(other) already")
                }
            }
            if let branch = entry.branch, !BranchName.isValid(branch) { throw Unreadable(description: "\(place): '\(branch)' is no name of a branch") }
        }
    }

    private static func isPattern(_ text: String) -> Bool { text.replacing("*", with: "0").isDNSLabel }

    private static func text(of error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.reduce(into: "") { text, key in
                if let index = key.intValue { text += "[\(index)]" } else { text += text.isEmpty ? key.stringValue : ".\(key.stringValue)" }
            }
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context.codingPath)) is of another type than expected"
        case .dataCorrupted(let context): "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "it cannot be read"
        }
    }
}
