import Foundation
import Yams

/// An OpenAPI file of the project, with what it refers to in others.
struct APIDescription {
    struct Operation: Sendable {
        /// `GET /v1/documents/{id}`
        let name: String
        let id: String?
        /// Whether nobody gets through without one.
        let needsKey: Bool
        let statuses: Set<String>
        let hasBody: Bool
        /// Whether no key of another tenant than the installation's is let through.
        let isInstallations: Bool
        /// Names of its query parameters, in the file's order.
        let query: [String]
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let methods: Set<String> = ["get", "put", "post", "delete", "patch", "head", "options"]

    let path: String
    let document: [String: Any]

    /// - Parameter path: below the project's directory.
    init(_ path: String) throws {
        self.path = path
        self.document = try Self.read(Self.root.appending(path: path))
    }

    private static func read(_ file: URL) throws -> [String: Any] {
        try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any] ?? [:]
    }

    var operations: [Operation] {
        get throws {
            let paths = self.document["paths"] as? [String: Any] ?? [:]
            let usual = self.document["security"] as? [[String: Any]] ?? []
            return try paths.flatMap { path, value -> [Operation] in
                var item = value as? [String: Any] ?? [:]
                if let reference = item["$ref"] as? String { item = try self.target(of: reference) as? [String: Any] ?? [:] }
                return try item.compactMap { method, value -> Operation? in
                    guard Self.methods.contains(method), let operation = value as? [String: Any] else { return nil }
                    let parameters = try ((item["parameters"] as? [[String: Any]] ?? []) + (operation["parameters"] as? [[String: Any]] ?? [])).map {
                        try ($0["$ref"] as? String).flatMap { try self.target(of: $0) as? [String: Any] } ?? $0
                    }
                    let security = operation["security"] as? [[String: Any]] ?? usual
                    return Operation(
                        name: "\(method.uppercased()) \(path)", id: operation["operationId"] as? String,
                        needsKey: !security.isEmpty && !security.contains { $0.isEmpty },
                        statuses: Set((operation["responses"] as? [AnyHashable: Any] ?? [:]).keys.map { "\($0)" }), hasBody: operation["requestBody"] != nil,
                        isInstallations: (operation["description"] as? String ?? "").contains(
                            /(scope `admin`|a key) of the tenant `default`/),
                        query: parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String })
                }
            }
        }
    }

    /// All `$ref` of the file itself.
    var references: Set<String> {
        var references: Set<String> = []
        func walk(_ value: Any) {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String { references.insert(reference) }
                object.values.forEach(walk)
            } else if let array = value as? [Any] {
                array.forEach(walk)
            }
        }
        walk(self.document)
        return references
    }

    /// What a `$ref` of this file leads to; nil when there is nothing.
    func target(of reference: String) throws -> Any? {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        let file = Self.root.appending(path: self.path).deletingLastPathComponent().appending(path: parts[0]).standardized
        let document = parts[0].isEmpty ? self.document : try Self.read(file)
        return parts[1].split(separator: "/").reduce(document as Any?) {
            ($0 as? [String: Any])?[String($1).replacing("~1", with: "/").replacing("~0", with: "~")]
        }
    }

    func schema(_ name: String) -> [String: Any]? {
        ((self.document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])?[name]
    }
}
