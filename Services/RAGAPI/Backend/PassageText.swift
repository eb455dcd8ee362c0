/// What of a passage is searched and embedded beside its text: its place in the document belongs to what it means.
enum PassageText {
    /// Empty when nobody gave the document a title: its id says nothing about its subject.
    static func title(_ title: String, ofDocument id: String) -> String { title == id ? "" : title }

    static func embedded(id: String, title: String, heading: String, text: String) -> String {
        let title = self.title(title, ofDocument: id)
        var parts: [String] = []
        if !title.isEmpty, !text.hasPrefix(title) { parts.append(title) }
        if !heading.isEmpty { parts.append(heading) }
        parts.append(text)
        return parts.joined(separator: "\n")
    }
}
