import Foundation

/// A member of a document's metadata, or of a search's filters: a text, a number, a boolean, or a list of them.
enum MetadataValue: Sendable, Equatable, Codable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    case list([MetadataValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let values = try? container.decode([MetadataValue].self), values.allSatisfy(\.isScalar) {
            self = .list(values)
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a text, a number, a boolean or a list of these")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        }
    }

    var isScalar: Bool {
        if case .list = self { false } else { true }
    }

    var isText: Bool {
        if case .text = self { true } else { false }
    }

    /// Equal values, and only those, have equal texts.
    var canonical: String {
        switch self {
        case .text(let value): "s" + value
        case .number(let value): "n\(value)"
        case .boolean(let value): value ? "b1" : "b0"
        case .list(let values): "l" + values.map { "\($0.canonical.utf8.count):" + $0.canonical }.joined()
        }
    }

    /// The scalars of a list, or the value itself.
    var scalars: [MetadataValue] {
        if case .list(let values) = self { values } else { [self] }
    }
}

extension [String: MetadataValue] {
    init(json text: String) throws {
        self = text == "{}" ? [:] : try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }

    /// Equal metadata is equal text.
    func json() throws -> String {
        if self.isEmpty { return "{}" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
