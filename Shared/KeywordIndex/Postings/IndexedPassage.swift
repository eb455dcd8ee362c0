/// What the index is told of a passage.
package struct IndexedPassage: Sendable {
    /// Names it in hits; larger than that of every passage indexed before.
    package var number: Int64
    /// Passages of one document share it.
    package var group: Int64
    package var title: String
    package var heading: String
    package var text: String
    /// Names by ``TermHash/of(attribute:value:)`` of what a filter may ask for.
    package var attributes: [UInt64]

    package init(number: Int64, group: Int64, title: String, heading: String, text: String, attributes: [UInt64] = []) {
        self.number = number
        self.group = group
        self.title = title
        self.heading = heading
        self.text = text
        self.attributes = attributes
    }
}
