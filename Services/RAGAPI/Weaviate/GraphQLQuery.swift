import JSONSchema

/// One query of one class, as Weaviate's GraphQL has it (https://docs.weaviate.io/weaviate/api/graphql).
struct GraphQLQuery: Sendable {
    /// `Get` or `Aggregate`.
    let operation: String
    let className: String
    let text: String

    /// - Parameters:
    ///   - arguments: each `name:value`.
    ///   - fields: a selection, without braces.
    init(_ operation: String, _ className: String, _ arguments: [String], fields: String) {
        self.operation = operation
        self.className = className
        let list = arguments.isEmpty ? "" : "(" + arguments.joined(separator: ",") + ")"
        self.text = "{\(operation){\(className)\(list){\(fields)}}}"
    }

    /// A text as GraphQL writes it, which is how JSON does.
    static func literal(_ text: String) -> String { JSONValue.string(text).text }

    static func literal(_ vector: [Float]) -> String { "[" + vector.map { "\($0)" }.joined(separator: ",") + "]" }
}

/// What objects must have: a tree that GraphQL and the deletion of batches take, each in its own writing.
indirect enum WeaviateFilter: Sendable {
    case text(String, is: String, String)
    case anyOf(String, [String])
    case all([WeaviateFilter])

    static func equal(_ property: String, _ value: String) -> WeaviateFilter { .text(property, is: "Equal", value) }

    /// `where:{…}`
    var argument: String { "where:" + self.graphQL }

    private var graphQL: String {
        switch self {
        case .text(let property, let comparison, let value):
            "{path:[\(GraphQLQuery.literal(property))],operator:\(comparison),valueText:\(GraphQLQuery.literal(value))}"
        case .anyOf(let property, let values):
            "{path:[\(GraphQLQuery.literal(property))],operator:ContainsAny,valueText:[\(values.map(GraphQLQuery.literal).joined(separator: ","))]}"
        case .all(let filters): "{operator:And,operands:[\(filters.map(\.graphQL).joined(separator: ","))]}"
        }
    }

    var json: JSONValue {
        switch self {
        case .text(let property, let comparison, let value): ["path": [.string(property)], "operator": .string(comparison), "valueText": .string(value)]
        case .anyOf(let property, let values):
            ["path": [.string(property)], "operator": "ContainsAny", "valueTextArray": .array(values.map { .string($0) })]
        case .all(let filters): ["operator": "And", "operands": .array(filters.map(\.json))]
        }
    }
}
