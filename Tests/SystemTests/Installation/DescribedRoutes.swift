import Foundation
import TestSupport
import Yams

/// The routes of a service that nobody calls without a key, as its OpenAPI file has them: `OpenAPITests` holds that file against what is served, so that
/// a new route is in it.
enum DescribedRoutes {
    struct Unreadable: Error, CustomStringConvertible { let description: String }

    /// Method and path; a parameter of the path is `x`. Pages of operators, which are open on the machine itself, and routes whose address is the proof
    /// are left out, as their `security` says.
    static func guarded(_ service: ServiceName) throws -> [(method: String, path: String)] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/api/\(service.rawValue).yaml")
        guard let document = try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any],
            let paths = document["paths"] as? [String: [String: Any]], let usual = document["security"] as? [[String: Any]]
        else { throw Unreadable(description: "\(file.path) has no paths, or no security") }
        var routes: [(String, String)] = []
        // What stands in common.yaml is served by every service, and held by ServiceRuntimeTests.
        for (path, item) in paths where item["$ref"] == nil {
            for method in ["get", "put", "post", "delete", "patch"] {
                guard let operation = item[method] as? [String: Any] else { continue }
                let security = operation["security"] as? [[String: Any]] ?? usual
                guard !security.isEmpty, !security.contains(where: \.isEmpty) else { continue }
                routes.append((method.uppercased(), path.replacing(/\{[^}]+\}/, with: "x")))
            }
        }
        return routes.sorted { $0.1 + $0.0 < $1.1 + $1.0 }
    }
}
