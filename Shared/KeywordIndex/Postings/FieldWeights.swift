/// How much an occurrence in a field counts, and how BM25 saturates (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, §3.6).
package struct FieldWeights: Sendable, Equatable {
    /// In quarters of an occurrence in the text.
    package var title: Int
    package var heading: Int
    package var text: Int
    /// Saturation and length normalisation.
    package var k1: Float
    package var b: Float

    package init(title: Int = 8, heading: Int = 6, text: Int = 4, k1: Float = 1.5, b: Float = 0.75) {
        self.title = title
        self.heading = heading
        self.text = text
        self.k1 = k1
        self.b = b
    }
}
