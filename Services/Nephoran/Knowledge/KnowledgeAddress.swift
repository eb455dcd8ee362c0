import Foundation

/// Where rag-api is when only the gateway is known: `nephoran up` puts it two ports above.
enum KnowledgeAddress {
    static func of(_ given: String?, gateway: String) throws(CommandFailure) -> String {
        if let given, !given.isEmpty { return given.hasSuffix("/") ? String(given.dropLast()) : given }
        guard var components = URLComponents(string: gateway), let port = components.port else {
            throw CommandFailure(.usage, "name rag-api with --knowledge-server: it cannot be told from \(gateway)")
        }
        components.port = port + 2
        return components.string ?? gateway
    }
}
