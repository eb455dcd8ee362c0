import Foundation
import IntentModel

/// The body of `POST /v1/search`.
struct SearchRequest: Sendable, Equatable {
    static let limits = 1...100
    static let maxQueryCharacters = 4096
    static let maxFilters = 16

    /// 1…4096 characters.
    var query: String
    /// 1…100, 10 when absent.
    var limit: Int
    /// What was asked for; what is answered with is in the response.
    var mode: SearchMode
    /// 0…1: the weight of meaning against words in a hybrid search; nil is the service's.
    var alpha: Double?
    /// 1…100 passages of one document at most; 100 when absent.
    var perDocument: Int
    /// Sorted by field, so that equal searches have equal keys.
    var filters: [SearchFilter]
    /// Access tags the answer is for. Only callers that may speak for others can name them.
    var access: [String]
    /// Whether results tell the parts of their scores.
    var explains: Bool

    /// Throws ``Problem`` with a pointer to each member that is wrong.
    init(
        query: String, limit: Int = 10, mode: SearchMode = .hybrid, alpha: Double? = nil, perDocument: Int = 100, filters: [SearchFilter] = [],
        access: [String] = [], explains: Bool = false
    ) throws(Problem) {
        var errors: [Problem.Item] = []
        if query.isEmpty || query.count > Self.maxQueryCharacters {
            errors.append(.init(pointer: "/query", detail: "must have 1 to \(Self.maxQueryCharacters) characters"))
        }
        if !Self.limits.contains(limit) {
            errors.append(.init(pointer: "/limit", detail: "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)"))
        }
        if let alpha, !(0...1).contains(alpha) { errors.append(.init(pointer: "/alpha", detail: "must be 0 to 1")) }
        if !Self.limits.contains(perDocument) {
            errors.append(.init(pointer: "/perDocument", detail: "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)"))
        }
        if access.count > KnowledgeDocument.Limit.accessTags || access.contains(where: { $0.isEmpty }) {
            errors.append(.init(pointer: "/access", detail: "must be at most \(KnowledgeDocument.Limit.accessTags) tags"))
        }
        if filters.count > Self.maxFilters { errors.append(.init(pointer: "/filters", detail: "must have at most \(Self.maxFilters) members")) }
        for filter in filters where !SearchFilter.isFieldName(filter.field) {
            errors.append(.init(pointer: "/filters", detail: "\"\(filter.field.prefix(64))\" is not a field name"))
        }
        for filter in filters where filter.anyOf.isEmpty || filter.anyOf.count > SearchFilter.maxValues {
            errors.append(.init(pointer: "/filters/\(filter.field.prefix(64))", detail: "must have 1 to \(SearchFilter.maxValues) values"))
        }
        for filter in filters where SearchFilter.ofDocument.contains(filter.field) && !filter.anyOf.allSatisfy(\.isText) {
            errors.append(.init(pointer: "/filters/\(filter.field)", detail: "must be a text or a list of texts"))
        }
        guard errors.isEmpty else { throw .invalidBody(errors) }
        self.query = query
        self.limit = limit
        self.mode = mode
        self.alpha = alpha
        self.perDocument = perDocument
        self.access = Set(access).sorted()
        self.explains = explains
        self.filters = filters.sorted { $0.field < $1.field }
    }

    init(json body: [UInt8]) throws(Problem) {
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: Data(body))
        } catch let error as DecodingError {
            throw Problem(error)
        } catch {
            throw .badJSON("\(error)")
        }
        guard let mode = SearchMode(rawValue: wire.mode ?? SearchMode.hybrid.rawValue) else {
            throw .invalidBody([.init(pointer: "/mode", detail: "must be one of \(SearchMode.allCases.map(\.rawValue).joined(separator: ", "))")])
        }
        try self.init(
            query: wire.query,
            limit: wire.limit ?? 10,
            mode: mode,
            alpha: wire.alpha,
            perDocument: wire.perDocument ?? 100,
            filters: (wire.filters ?? [:]).map { SearchFilter(field: $0.key, anyOf: $0.value.scalars) },
            access: wire.access ?? [],
            explains: wire.explain ?? false
        )
    }

    private struct Wire: Decodable {
        var query: String
        var limit: Int?
        var mode: String?
        var alpha: Double?
        var perDocument: Int?
        var filters: [String: MetadataValue]?
        var access: [String]?
        var explain: Bool?
    }
}
