/// The part of JSON Schema (draft-07) that policy types and answers of a model need: `type`, `properties`, `required`,
/// `additionalProperties`, `minProperties`, `maxProperties`, `enum`, `const`, `pattern`, `minLength`, `maxLength`, `minimum`, `maximum`,
/// `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `items`, `minItems`, `maxItems`, `uniqueItems`, `anyOf`, `oneOf`, `allOf`,
/// `not` and local `$ref`. Annotations are ignored; assertions it does not know are listed in ``unsupported`` and not checked.
package struct JSONSchema: Sendable, Equatable {
    package enum Invalid: Error, Equatable, CustomStringConvertible {
        /// Not an object and not a boolean.
        case notASchema(pointer: String)
        case unknownReference(String)
        case badKeyword(pointer: String, reason: String)

        package var description: String {
            switch self {
            case .notASchema(let pointer): "there is no schema at '\(pointer)'"
            case .unknownReference(let reference): "the reference '\(reference)' leads nowhere"
            case .badKeyword(let pointer, let reason): "'\(pointer)' \(reason)"
            }
        }
    }

    /// The source the schema was made from.
    package let source: JSONValue
    /// Pointers of assertions that are not checked.
    package let unsupported: [String]
    /// All schemas, flat; `$ref` and nesting are indices, so that recursion costs nothing.
    let nodes: [SchemaNode]

    package init(_ source: JSONValue) throws(Invalid) {
        var compiler = SchemaCompiler(source)
        let compiled = try compiler.compile()
        self.source = source
        self.nodes = compiled
        self.unsupported = compiler.unsupported
    }

    /// What is wrong with `value`, at most `limit` findings; empty when it is valid.
    package func violations(in value: JSONValue, limit: Int = 16) -> [Violation] {
        var validation = SchemaValidation(nodes: self.nodes, limit: limit)
        validation.check(value, against: 0, at: "", depth: 0)
        return validation.violations
    }

    package func accepts(_ value: JSONValue) -> Bool { self.violations(in: value, limit: 1).isEmpty }

    package struct Violation: Sendable, Equatable, CustomStringConvertible {
        /// RFC 6901 pointer into the value; "" is the value itself.
        package let pointer: String
        package let detail: String

        package init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }

        package var description: String { "\(self.pointer.isEmpty ? "/" : self.pointer): \(self.detail)" }
    }
}
