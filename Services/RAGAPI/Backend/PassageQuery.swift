/// What a backend is asked.
struct PassageQuery: Sendable, Equatable {
    /// 1…4096 characters, as the caller wrote them.
    var text: String
    /// Of the text, unit length; nil when there is no model or the mode needs none.
    var embedding: [Float]?
    var mode: SearchMode
    /// 0…1: the weight of the dense part of a hybrid score; the keyword part has the rest.
    var alpha: Double
    /// 1…100
    var limit: Int
    /// Passages of one document, at most.
    var perDocument: Int
    /// All of them must hold.
    var filters: [SearchFilter]
    var readers: Readers
    /// Whether the answer tells the parts of each score.
    var explains: Bool

    init(
        text: String, embedding: [Float]? = nil, mode: SearchMode = .keyword, alpha: Double = 0.5, limit: Int = 10, perDocument: Int = 100,
        filters: [SearchFilter] = [], readers: Readers = .everybody, explains: Bool = false
    ) {
        self.text = text
        self.embedding = embedding
        self.mode = mode
        self.alpha = alpha
        self.limit = limit
        self.perDocument = perDocument
        self.filters = filters
        self.readers = readers
        self.explains = explains
    }
}

/// Who the answer is for. A document without access tags is for everybody.
enum Readers: Sendable, Equatable {
    /// Only what is for everybody.
    case everybody
    /// Also what carries one of these tags.
    case holding([String])
    /// All there is: for administration.
    case administration

    /// Whether all of these tags are their own.
    func hold(_ access: [String]) -> Bool {
        switch self {
        case .administration: true
        case .everybody: access.isEmpty
        case .holding(let tags): access.allSatisfy { tags.contains($0) }
        }
    }

    func mayRead(_ access: [String]) -> Bool {
        switch self {
        case .administration: true
        case .everybody: access.isEmpty
        case .holding(let tags): access.isEmpty || access.contains { tags.contains($0) }
        }
    }
}
