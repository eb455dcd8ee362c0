/// One schema after compilation. Members that are nil assert nothing.
struct SchemaNode: Sendable, Equatable {
    enum ValueType: String, Sendable { case null, boolean, object, array, number, integer, string }

    /// `false` as a schema: nothing is valid.
    var never = false
    /// Index of the node a `$ref` leads to; its siblings are ignored, as draft-07 has it.
    var reference: Int?

    var types: [ValueType]?
    var enumeration: [JSONValue]?
    var constant: JSONValue?

    var properties: [String: Int] = [:]
    var required: [String] = []
    var additionalProperties: Int?
    var propertyCount: ClosedRange<Int>?

    var pattern: (source: String, compiled: SchemaPattern)?
    var length: ClosedRange<Int>?

    var minimum: Double?
    var maximum: Double?
    var exclusiveMinimum: Double?
    var exclusiveMaximum: Double?
    var multipleOf: Double?

    var items: Int?
    var tuple: [Int]?
    var itemCount: ClosedRange<Int>?
    var uniqueItems = false

    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var not: Int?

    static func == (a: SchemaNode, b: SchemaNode) -> Bool {
        // Nodes are compared through their schema's source; this only has to be an equivalence.
        a.never == b.never && a.reference == b.reference && a.properties == b.properties && a.required == b.required && a.pattern?.source == b.pattern?.source
    }
}
