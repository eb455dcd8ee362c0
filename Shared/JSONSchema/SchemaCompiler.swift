/// Turns the JSON of a schema into nodes; each pointer is compiled once, so that references may be recursive.
struct SchemaCompiler {
    /// Schemas after which a document is refused: a peer's schema must not cost memory.
    static let limit = 4_096

    private let root: JSONValue
    private var nodes: [SchemaNode] = []
    private var indices: [String: Int] = [:]
    private(set) var unsupported: [String] = []

    /// Assertions of draft-07 that are not checked.
    private static let unknownAssertions: Set<String> = ["patternProperties", "dependencies", "propertyNames", "contains", "if", "additionalItems"]

    init(_ root: JSONValue) { self.root = root }

    mutating func compile() throws(JSONSchema.Invalid) -> [SchemaNode] {
        _ = try self.node(self.root, at: "", depth: 0)
        return self.nodes
    }

    private mutating func node(_ schema: JSONValue, at pointer: String, depth: Int) throws(JSONSchema.Invalid) -> Int {
        if let index = self.indices[pointer] { return index }
        guard self.nodes.count < SchemaCompiler.limit, depth < 64 else {
            throw .badKeyword(pointer: pointer, reason: "is nested too deep or has too many schemas")
        }
        let index = self.nodes.count
        self.indices[pointer] = index
        self.nodes.append(SchemaNode())
        var node = SchemaNode()
        switch schema {
        case .boolean(let value): node.never = !value
        case .object(let members): try self.fill(&node, members, at: pointer, depth: depth)
        default: throw .notASchema(pointer: pointer)
        }
        self.nodes[index] = node
        return index
    }

    private mutating func fill(_ node: inout SchemaNode, _ members: [String: JSONValue], at pointer: String, depth: Int) throws(JSONSchema.Invalid) {
        if let reference = members["$ref"] {
            guard case .string(let target) = reference else { throw .badKeyword(pointer: pointer + "/$ref", reason: "is not a string") }
            node.reference = try self.resolve(target, depth: depth)
            return
        }
        for name in members.keys.sorted() where SchemaCompiler.unknownAssertions.contains(name) { self.unsupported.append("\(pointer)/\(name)") }

        if let types = members["type"] { node.types = try SchemaCompiler.types(types, at: pointer) }
        node.enumeration = try SchemaCompiler.array(members, "enum", at: pointer)
        node.constant = members["const"]
        node.minimum = try SchemaCompiler.number(members, "minimum", at: pointer)
        node.maximum = try SchemaCompiler.number(members, "maximum", at: pointer)
        node.multipleOf = try SchemaCompiler.number(members, "multipleOf", at: pointer)
        // Draft-04 schemas, which RICs still serve, say `exclusiveMinimum: true` beside `minimum`.
        switch members["exclusiveMinimum"] {
        case .boolean(let exclusive): if exclusive { (node.exclusiveMinimum, node.minimum) = (node.minimum, nil) }
        default: node.exclusiveMinimum = try SchemaCompiler.number(members, "exclusiveMinimum", at: pointer)
        }
        switch members["exclusiveMaximum"] {
        case .boolean(let exclusive): if exclusive { (node.exclusiveMaximum, node.maximum) = (node.maximum, nil) }
        default: node.exclusiveMaximum = try SchemaCompiler.number(members, "exclusiveMaximum", at: pointer)
        }
        node.propertyCount = try SchemaCompiler.range(members, "minProperties", "maxProperties", at: pointer)
        node.length = try SchemaCompiler.range(members, "minLength", "maxLength", at: pointer)
        node.itemCount = try SchemaCompiler.range(members, "minItems", "maxItems", at: pointer)
        node.uniqueItems = members["uniqueItems"]?.boolean ?? false
        if let required = try SchemaCompiler.array(members, "required", at: pointer) { node.required = required.compactMap(\.string).sorted() }
        if let pattern = members["pattern"]?.string {
            do { node.pattern = (pattern, try SchemaPattern(pattern)) } catch { self.unsupported.append("\(pointer)/pattern") }
        }

        for (name, schema) in (members["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            node.properties[name] = try self.node(schema, at: "\(pointer)/properties/\(SchemaValidation.escaped(name))", depth: depth + 1)
        }
        if let schema = members["additionalProperties"] {
            node.additionalProperties = try self.node(schema, at: pointer + "/additionalProperties", depth: depth + 1)
        }
        switch members["items"] {
        case .array(let schemas): node.tuple = try self.nodes(schemas, at: pointer + "/items", depth: depth)
        case .some(let schema): node.items = try self.node(schema, at: pointer + "/items", depth: depth + 1)
        case nil: break
        }
        node.allOf = try self.nodes(SchemaCompiler.array(members, "allOf", at: pointer) ?? [], at: pointer + "/allOf", depth: depth)
        node.anyOf = try self.nodes(SchemaCompiler.array(members, "anyOf", at: pointer) ?? [], at: pointer + "/anyOf", depth: depth)
        node.oneOf = try self.nodes(SchemaCompiler.array(members, "oneOf", at: pointer) ?? [], at: pointer + "/oneOf", depth: depth)
        if let schema = members["not"] { node.not = try self.node(schema, at: pointer + "/not", depth: depth + 1) }
    }

    private mutating func nodes(_ schemas: [JSONValue], at pointer: String, depth: Int) throws(JSONSchema.Invalid) -> [Int] {
        var indices: [Int] = []
        for (index, schema) in schemas.enumerated() { indices.append(try self.node(schema, at: "\(pointer)/\(index)", depth: depth + 1)) }
        return indices
    }

    /// Local references only: `#` and `#/…`.
    private mutating func resolve(_ reference: String, depth: Int) throws(JSONSchema.Invalid) -> Int {
        guard reference.first == "#" else { throw .unknownReference(reference) }
        let pointer = String(reference.dropFirst())
        guard pointer.isEmpty || pointer.first == "/" else { throw .unknownReference(reference) }
        var schema = self.root
        for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = SchemaCompiler.unescaped(token)
            switch schema {
            case .object(let members):
                guard let member = members[name] else { throw .unknownReference(reference) }
                schema = member
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { throw .unknownReference(reference) }
                schema = elements[index]
            default: throw .unknownReference(reference)
            }
        }
        return try self.node(schema, at: pointer, depth: depth + 1)
    }

    /// RFC 6901 §4: `~1` before `~0`.
    private static func unescaped(_ token: Substring) -> String {
        var out = ""
        var tilde = false
        for character in token {
            if tilde {
                out.append(character == "1" ? "/" : character == "0" ? "~" : character)
                tilde = false
            } else if character == "~" {
                tilde = true
            } else {
                out.append(character)
            }
        }
        return out
    }

    private static func types(_ value: JSONValue, at pointer: String) throws(JSONSchema.Invalid) -> [SchemaNode.ValueType] {
        let names = value.array ?? [value]
        var types: [SchemaNode.ValueType] = []
        for name in names {
            guard let type = name.string.flatMap(SchemaNode.ValueType.init) else { throw .badKeyword(pointer: pointer + "/type", reason: "is not a type") }
            types.append(type)
        }
        return types
    }

    private static func array(_ members: [String: JSONValue], _ name: String, at pointer: String) throws(JSONSchema.Invalid) -> [JSONValue]? {
        guard let value = members[name] else { return nil }
        // Draft-03 and careless schemas say `required: true` on a property: nothing to assert here.
        if name == "required", value.boolean != nil { return nil }
        guard let array = value.array else { throw .badKeyword(pointer: "\(pointer)/\(name)", reason: "is not an array") }
        return array
    }

    private static func number(_ members: [String: JSONValue], _ name: String, at pointer: String) throws(JSONSchema.Invalid) -> Double? {
        guard let value = members[name] else { return nil }
        guard let number = value.number else { throw .badKeyword(pointer: "\(pointer)/\(name)", reason: "is not a number") }
        return number
    }

    private static func range(_ members: [String: JSONValue], _ low: String, _ high: String, at pointer: String) throws(JSONSchema.Invalid) -> ClosedRange<Int>?
    {
        guard members[low] != nil || members[high] != nil else { return nil }
        let from = try self.number(members, low, at: pointer).flatMap { Int(exactly: $0) } ?? 0
        let to = try self.number(members, high, at: pointer).flatMap { Int(exactly: $0) } ?? Int.max
        guard from >= 0, from <= to else { throw .badKeyword(pointer: "\(pointer)/\(low)", reason: "is more than \(high)") }
        return from...to
    }
}
