/// What intents want of one object of an element, or of one attribute of it, the newest first; one that took the object away wants nothing.
/// Pure.
struct DesiredState: Codable, Sendable, Equatable {
    struct Entry: Codable, Sendable, Equatable {
        /// JSON text of attributes; empty where the intent took the object away.
        let document: String
        /// The intent.
        let origin: String
    }

    private(set) var entries: [Entry] = []
    /// More are not undone one after the other.
    private static let limit = 8

    /// Nil when nobody wants anything of it.
    var current: Entry? { self.entries.first.flatMap { $0.document.isEmpty ? nil : $0 } }

    mutating func put(_ document: String, by origin: String) {
        self.undo(origin)
        self.entries = Array(([Entry(document: document, origin: origin)] + self.entries).prefix(Self.limit))
    }

    mutating func delete(by origin: String) { self.put("", by: origin) }

    /// It is as it was before this intent.
    mutating func undo(_ origin: String) { self.entries.removeAll { $0.origin == origin } }
}
