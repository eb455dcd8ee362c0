package import JSONSchema

/// A class of the NRM whose objects are read and configured over O1: an entry of `ManagedClasses/classes.yaml`.
package struct ManagedClass: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case enumeration([String])
        case integer(ClosedRange<Int>)
        case boolean
        /// A leaf-list of distinguished names.
        case references
    }

    package struct Attribute: Sendable, Equatable {
        package let name: String
        package let kind: Kind
        /// The model's own value of what is not shown.
        package let standard: JSONValue?
        package let isWritable: Bool
        /// Of the element's state and not of its configuration.
        var isState = false
    }

    package struct Step: Sendable, Equatable {
        package let name: String
        package let namespace: String
    }

    package let name: String
    package let namespace: String
    /// Ways from the top of the model to the class itself.
    package let paths: [[Step]]
    package let attributes: [String: Attribute]

    /// Nil for what this attribute cannot be.
    static func value(_ text: String, of attribute: Attribute) -> JSONValue? {
        switch attribute.kind {
        case .enumeration: text.isEmpty ? nil : .string(text)
        case .integer: Int(text).map { .number(Double($0)) }
        case .boolean: text == "true" || text == "1" ? .boolean(true) : text == "false" || text == "0" ? .boolean(false) : nil
        case .references: nil
        }
    }

    /// As a leaf has it; nil for what this attribute may not be.
    static func text(_ value: JSONValue, of attribute: Attribute) -> String? {
        switch (attribute.kind, value) {
        case (.enumeration(let values), .string(let text)): values.contains(text) ? text : nil
        case (.integer(let range), .number): value.integer.flatMap { range.contains($0) ? "\($0)" : nil }
        case (.boolean, .boolean(let flag)): "\(flag)"
        default: nil
        }
    }
}
