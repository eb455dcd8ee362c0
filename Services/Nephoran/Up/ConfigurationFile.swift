import Foundation
import Yams

/// Which settings the operator's file holds, so that `up` does not put its own over them. Services check the values.
struct ConfigurationFile: Sendable {
    /// Absolute.
    let path: String
    private let names: Set<String>

    init(path: String) throws(CommandFailure) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw CommandFailure(.usage, "cannot read \(path)") }
        try self.init(path: URL(fileURLWithPath: path).path, text: text)
    }

    init(path: String, text: String) throws(CommandFailure) {
        self.path = path
        var names: Set<String> = []
        func collect(_ node: Node, _ prefix: String) {
            guard case .mapping(let mapping) = node else {
                names.insert(prefix)
                return
            }
            for (key, value) in mapping {
                let name = key.string ?? ""
                collect(value, prefix.isEmpty && UpPlan.services.contains(name) ? "" : prefix + Self.identity(name))
            }
        }
        do {
            if let root = try Yams.compose(yaml: text) { collect(root, "") }
        } catch {
            throw CommandFailure(.usage, "\(path) is not YAML: \("\(error)".replacing("\n", with: " "))")
        }
        self.names = names
    }

    /// Whether `GIT_REPO_URL`, `gitRepoUrl`, `git: {repoUrl: …}` … is there.
    func holds(_ name: String) -> Bool { self.names.contains(Self.identity(name)) }

    private static func identity(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}
