package import IntentModel

extension DecodingError {
    /// Where the body is wrong, as an RFC 6901 pointer, and how, in words for the caller.
    package var problemItem: Problem.Item {
        switch self {
        case .keyNotFound(let key, let context):
            Problem.Item(pointer: Self.pointer(context.codingPath + [key]), detail: "\"\(key.stringValue)\" is missing.")
        case .valueNotFound(let type, let context):
            Problem.Item(pointer: Self.pointer(context.codingPath), detail: "Must be \(Self.name(of: type)), not null.")
        case .typeMismatch(let type, let context):
            Problem.Item(pointer: Self.pointer(context.codingPath), detail: "Must be \(Self.name(of: type)).")
        case .dataCorrupted(let context):
            Problem.Item(
                pointer: Self.pointer(context.codingPath),
                detail: context.codingPath.isEmpty ? "The body is not valid JSON." : Self.sentence(context.debugDescription)
            )
        @unknown default: Problem.Item(pointer: "", detail: "The body does not have the expected shape.")
        }
    }

    static func pointer(_ path: [any CodingKey]) -> String {
        path.map { key in
            "/" + (key.intValue.map { "\($0)" } ?? key.stringValue.replacing("~", with: "~0").replacing("/", with: "~1"))
        }.joined()
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "an array"
        default: "\(type)".hasPrefix("Array<") ? "an array" : "an object"
        }
    }

    private static func sentence(_ text: String) -> String {
        // Of `Cannot initialize Priority from invalid String value x` the caller needs the value only.
        if let range = text.firstRange(of: "from invalid String value ") { return "\"\(text[range.upperBound...])\" is not one of the allowed values." }
        return text.hasSuffix(".") ? text : text + "."
    }
}
