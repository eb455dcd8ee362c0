import Foundation
import IntentModel

enum SearchMode: String, Codable, Sendable, CaseIterable { case hybrid, keyword, vector }

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
    /// Sorted by field, so that equal searches have equal keys.
    var filters: [SearchFilter]

    /// Throws ``Problem`` with a pointer to each member that is wrong.
    init(query: String, limit: Int = 10, mode: SearchMode = .hybrid, filters: [SearchFilter] = []) throws(Problem) {
        var errors: [Problem.Item] = []
        if query.isEmpty || query.count > Self.maxQueryCharacters {
            errors.append(.init(pointer: "/query", detail: "must have 1 to \(Self.maxQueryCharacters) characters"))
        }
        if !Self.limits.contains(limit) {
            errors.append(.init(pointer: "/limit", detail: "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)"))
        }
        if filters.count > Self.maxFilters { errors.append(.init(pointer: "/filters", detail: "must have at most \(Self.maxFilters) members")) }
        for filter in filters where !SearchFilter.isFieldName(filter.field) {
            errors.append(.init(pointer: "/filters", detail: "\"\(filter.field.prefix(64))\" is not a field name"))
        }
        for filter in filters where filter.anyOf.isEmpty || filter.anyOf.count > SearchFilter.maxValues {
            errors.append(.init(pointer: "/filters/\(filter.field.prefix(64))", detail: "must have 1 to \(SearchFilter.maxValues) values"))
        }
        guard errors.isEmpty else { throw .invalidBody(errors) }
        self.query = query
        self.limit = limit
        self.mode = mode
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
        try self.init(
            query: wire.query,
            limit: wire.limit ?? 10,
            mode: wire.mode ?? .hybrid,
            filters: (wire.filters ?? [:]).map { SearchFilter(field: $0.key, anyOf: $0.value.scalars) }
        )
    }

    private struct Wire: Decodable {
        var query: String
        var limit: Int?
        var mode: SearchMode?
        var filters: [String: MetadataValue]?
    }
}

/// Documents whose metadata field is, or as a list contains, any of the values. The fields `source` and `documentId` mean the document itself.
struct SearchFilter: Sendable, Equatable {
    static let maxValues = 64

    var field: String
    var anyOf: [MetadataValue]

    /// Field names reach a JSON path, so they are kept to what needs no quoting.
    static func isFieldName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
