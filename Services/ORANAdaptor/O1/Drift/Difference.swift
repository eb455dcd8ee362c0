package import JSONSchema

/// Where what an element has is not what was wanted of it.
package struct Difference: Sendable, Equatable, Codable {
    /// The attributes that differ, as they were wanted.
    package var expected: [String: JSONValue]
    /// The same as they are; nil where the element does not have the object. An attribute that it does not show is missing.
    package var found: [String: JSONValue]?

    /// For people: `rRMPolicyMinRatio is 10 and not 30`.
    package var words: String {
        guard let found else { return "it is not there" }
        return self.expected.sorted { $0.key < $1.key }.map { name, wanted in
            "\(name) is \(Self.said(found[name])) and not \(Self.said(wanted))"
        }.joined(separator: ", ")
    }

    private static func said(_ value: JSONValue?) -> String {
        guard let value, value != .null else { return "not set" }
        return String((value.string ?? value.text).prefix(120))
    }

    /// Of two objects' attributes; nil where all that are wanted are as they are wanted.
    init?(wanted: [String: JSONValue], found: [String: JSONValue]?) {
        self.expected = wanted
        self.found = found
        guard let found else { return }
        self.expected = wanted.filter { found[$0.key] != $0.value }
        guard !self.expected.isEmpty else { return nil }
        self.found = found.filter { self.expected[$0.key] != nil }
    }
}
