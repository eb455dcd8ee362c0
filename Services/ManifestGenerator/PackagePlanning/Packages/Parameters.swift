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

    package mutating func remove(_ section: String, _ name: String) {
        self.node[[section, name]] = nil
        if self.node[section]?.entries?.isEmpty == true { self.node[section] = nil }
    }

    /// Adds a text to a list once.
    package mutating func add(_ list: String, _ value: String) {
        var items = self.node[list]?.items ?? []
        guard !items.contains(where: { $0.string == value }) else { return }
        items.append(.text(value))
        self.node[list] = .sequence(items)
    }

    /// Section and name of every value under a section of names.
    var names: [(section: String, name: String)] {
        (self.node.entries ?? []).flatMap { section in (section.value.entries ?? []).map { (section.key, $0.key) } }
    }

    package func value(_ section: String, _ name: String) -> YAMLNode? { self.node[[section, name]] }
}
