extension DecodingError {
    /// Where, as an RFC 6901 pointer, and why, so that "pointer reason" is a sentence ("/text is missing").
    var sentence: (pointer: String, reason: String) {
        switch self {
        case .keyNotFound(let key, let context): (Self.pointer(context.codingPath + [key]), "is missing")
        case .valueNotFound(_, let context): (Self.pointer(context.codingPath), "must not be null")
        case .typeMismatch(let type, let context): (Self.pointer(context.codingPath), "must be \(Self.name(of: type))")
        case .dataCorrupted(let context): (Self.pointer(context.codingPath), context.debugDescription)
        @unknown default: ("", "cannot be read")
        }
    }

    private static func pointer(_ path: [any CodingKey]) -> String {
        path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue.replacing("~", with: "~0").replacing("/", with: "~1")) }.joined()
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is [String: MetadataValue].Type, is [String: Any].Type: "an object"
        default: "of another type"
        }
    }
}
