import Foundation
import JSONSchema

/// `labelSelector` and `fieldSelector`: equality, inequality, `in`, and whether a label is there.
struct FakeSelector: Sendable {
    /// Of the built-in kinds, and of Porch's package revisions.
    private static let selectable: Set<String> = ["metadata.name", "metadata.namespace", "spec.packageName", "spec.repository"]

    private var labels: [@Sendable ([String: JSONValue]) -> Bool] = []
    private var fields: [@Sendable (JSONValue) -> Bool] = []

    init(labels: String?, fields: String?) throws(FakeStatus) {
        for term in Self.terms(labels ?? "") {
            if let range = term.range(of: " in (") {
                let name = String(term[..<range.lowerBound])
                let values = term[range.upperBound...].dropLast().split(separator: ",").map { String($0.filter { $0 != " " }) }
                self.labels.append { labels in labels[name]?.string.map(values.contains) ?? false }
            } else if let (name, value, isEqual) = Self.comparison(term) {
                self.labels.append { ($0[name]?.string == value) == isEqual }
            } else if term.hasPrefix("!") {
                let name = String(term.dropFirst())
                self.labels.append { $0[name] == nil }
            } else {
                self.labels.append { $0[term] != nil }
            }
        }
        for term in Self.terms(fields ?? "") {
            guard let (name, value, isEqual) = Self.comparison(term), Self.selectable.contains(name) else {
                throw .badRequest("field label not supported: \(term)")
            }
            let parts = name.split(separator: ".").map(String.init)
            self.fields.append { ($0[parts[0]]?[parts[1]]?.string == value) == isEqual }
        }
    }

    func accepts(_ object: JSONValue) -> Bool {
        let labels = object["metadata"]?["labels"]?.object ?? [:]
        return self.labels.allSatisfy { $0(labels) } && self.fields.allSatisfy { $0(object) }
    }

    /// At commas outside of parentheses.
    private static func terms(_ text: String) -> [String] {
        var terms = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { terms.append("") } else { terms[terms.count - 1].append(character) }
        }
        return terms.filter { !$0.isEmpty }
    }

    private static func comparison(_ term: String) -> (name: String, value: String, isEqual: Bool)? {
        for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)] {
            if let range = term.range(of: sign) { return (String(term[..<range.lowerBound]), String(term[range.upperBound...]), isEqual) }
        }
        return nil
    }
}
