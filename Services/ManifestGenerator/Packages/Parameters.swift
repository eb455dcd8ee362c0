/// What an intent said of a function that no field of a workload stands for: features, settings, objectives and the
/// network context. It lives as `parameters.yaml` in the package's ConfigMap, where the function reads it.
package struct Parameters: Sendable, Equatable {
    static let file = "parameters.yaml"

    package private(set) var node: YAMLNode

    package init(_ node: YAMLNode = .mapping([])) { self.node = node }

    package var isEmpty: Bool { self.node.entries?.isEmpty ?? true }
    var text: String { YAMLEmitter.text(self.node) }

    package static func == (a: Parameters, b: Parameters) -> Bool { a.text == b.text }

    package mutating func set(_ section: String, _ name: String, _ value: YAMLNode) { self.node[[section, name]] = value }

    /// Adds a text to a list once.
    package mutating func add(_ list: String, _ value: String) {
        var items = self.node[list]?.items ?? []
        guard !items.contains(where: { $0.string == value }) else { return }
        items.append(.text(value))
        self.node[list] = .sequence(items)
    }

    package func value(_ section: String, _ name: String) -> YAMLNode? { self.node[[section, name]] }
}
