/// Turns the text of a query into a vector, or says that there is none just now.
protocol QueryEmbedding: Sendable {
    /// What the vectors are of.
    var model: String { get }
    /// Nil when the model cannot be asked in time: the search is by keyword then.
    func vector(of text: String) async -> [Float]?
}
