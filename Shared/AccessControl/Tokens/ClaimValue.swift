/// A value of JSON, as claims hold them.
enum ClaimValue: Decodable, Sendable, Equatable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    case list([ClaimValue])
    case object([String: ClaimValue])
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([ClaimValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: ClaimValue].self))
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// A list of texts, or one; of anything else, none.
    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let items): items.compactMap(\.text)
        default: []
        }
    }

    subscript(_ member: String) -> ClaimValue? { if case .object(let members) = self { members[member] } else { nil } }

    /// The member of this name, or the one that names joined by dots lead to.
    subscript(path path: String) -> ClaimValue? {
        if let value = self[path] { return value }
        var value: ClaimValue? = self
        for name in path.split(separator: ".") { value = value?[String(name)] }
        return value
    }
}
