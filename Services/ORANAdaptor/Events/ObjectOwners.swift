import IntentModel

/// The intents that changed one object of an element, the newest first; one that took it away has a minus. Kept as text. Pure.
struct ObjectOwners: Sendable, Equatable {
    private var entries: [String]
    /// More are not undone one after the other.
    private static let limit = 8

    init(_ text: String) { self.entries = text.split(separator: " ").map(String.init) }

    /// Empty when nobody is known.
    var text: String { self.entries.joined(separator: " ") }

    /// Whose the object is; nil when nobody's, or when there is none.
    var current: IntentID? { self.entries.first.flatMap { IntentID($0) } }

    mutating func put(by id: IntentID) { self.begin(with: id.description, id) }
    mutating func delete(by id: IntentID) { self.begin(with: "-\(id)", id) }

    /// The object is as it was before this intent changed it.
    mutating func undo(_ id: IntentID) { self.entries.removeAll { $0 == id.description || $0 == "-\(id)" } }

    private mutating func begin(with entry: String, _ id: IntentID) {
        self.undo(id)
        self.entries = Array(([entry] + self.entries).prefix(Self.limit))
    }
}
