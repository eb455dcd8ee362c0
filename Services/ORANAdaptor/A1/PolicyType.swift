package import JSONSchema

/// A policy type as a RIC describes it.
package struct PolicyType: Sendable, Equatable {
    package let id: String
    /// Nil when the RIC's schema is empty or cannot be read; the standard's own is used then.
    package let policySchema: JSONSchema?

    package init(id: String, policySchema: JSONSchema?) {
        self.id = id
        self.policySchema = policySchema
    }

    /// Reads a `PolicyTypeObject`; the schema may be an object or, from some simulators, text that holds one.
    init(id: String, object: JSONValue) {
        var source = object["policySchema"] ?? object["create_schema"]
        if let text = source?.string { source = try? JSONValue(parsing: text) }
        let asserts = source?.object.map { !$0.isEmpty } ?? false
        self.init(id: id, policySchema: asserts ? source.flatMap { try? JSONSchema($0) } : nil)
    }
}
