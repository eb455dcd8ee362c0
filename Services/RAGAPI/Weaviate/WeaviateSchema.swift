import Foundation
import JSONSchema

/// The classes, as the files of a directory say, one after the other: each creates classes or adds properties to those of files before.
///
/// What is there already is compared and left alone, so that it can be applied again at any time, and by several replicas.
struct WeaviateSchema: Sendable {
    private let steps: [JSONValue]

    /// The files that are shipped, beside the executable.
    static func shipped() async throws -> WeaviateSchema { try await self.read(Bundle.module.bundlePath + "/Schema") }

    static func read(_ directory: String) async throws -> WeaviateSchema {
        try await blockingWork("knowledge.schema") {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".json") }.sorted()
            return WeaviateSchema(steps: try names.map { try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: directory + "/" + $0)))) })
        }
    }

    /// Creates what is missing. Throws when something is there that is of another type.
    func apply(_ client: WeaviateClient) async throws(WeaviateFault) {
        guard let present = try await client.send("GET", "schema")?["classes"]?.array else { throw .malformed("no classes") }
        var classes: [String: [String: JSONValue]] = [:]
        for entry in present { classes[entry["class"]?.string ?? ""] = Self.properties(of: entry) }
        for step in self.steps {
            for wanted in step["classes"]?.array ?? [] {
                let name = wanted["class"]?.string ?? ""
                if classes[name] == nil {
                    try await self.create(wanted, name, client)
                    classes[name] = Self.properties(of: wanted)
                }
                for property in wanted["properties"]?.array ?? [] { try await self.add(property, to: name, &classes, client) }
            }
            for addition in step["properties"]?.array ?? [] {
                guard let name = addition["class"]?.string, let property = addition["property"] else { throw .schema("a step names no property") }
                try await self.add(property, to: name, &classes, client)
            }
        }
    }

    private func create(_ definition: JSONValue, _ name: String, _ client: WeaviateClient) async throws(WeaviateFault) {
        do {
            _ = try await client.send("POST", "schema", definition, mayRepeat: false)
        } catch {
            // Another replica may have been faster.
            guard case .refused(status: 422, _) = error, try await client.send("GET", "schema/\(name)", missing: true) != nil else { throw error }
        }
    }

    private func add(_ property: JSONValue, to name: String, _ classes: inout [String: [String: JSONValue]], _ client: WeaviateClient)
        async throws(WeaviateFault)
    {
        let propertyName = property["name"]?.string ?? ""
        if let present = classes[name]?[propertyName] {
            for member in ["dataType", "tokenization"] where property[member] != nil && present[member] != property[member] {
                throw .schema("\(name).\(propertyName) has \(member) \(present[member]?.text ?? "none") instead of \(property[member]?.text ?? "none")")
            }
            return
        }
        _ = try await client.send("POST", "schema/\(name)/properties", property, mayRepeat: false)
        classes[name, default: [:]][propertyName] = property
    }

    private static func properties(of entry: JSONValue) -> [String: JSONValue] {
        Dictionary((entry["properties"]?.array ?? []).map { ($0["name"]?.string ?? "", $0) }) { first, _ in first }
    }
}
