/// One RESP2 reply. Nothing in it refers to memory of the parser.
package enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case status(String)
    case bytes([UInt8])
    case array([RedisValue])
    /// Only inside a pipeline's or a transaction's replies; elsewhere an error is thrown.
    case error(String)

    package var isNull: Bool { self == .null }

    /// Text of a bulk string or a status; invalid UTF-8 is repaired.
    package var string: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// An integer reply, or a bulk string that spells one.
    package var int: Int? {
        switch self {
        case .integer(let value): Int(value)
        case .bytes(let bytes): Int(decimal: bytes)
        default: nil
        }
    }

    package var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    package var array: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// An element of an array; `.null` when there is none, so that lookups chain.
    package subscript(index: Int) -> RedisValue {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return .null }
        return elements[index]
    }

    /// The value after `field` in a flat list of fields and values, the form of `HGETALL` and of stream entries.
    package subscript(field: StaticString) -> RedisValue {
        guard case .array(let elements) = self else { return .null }
        let name = UnsafeBufferPointer(start: field.utf8Start, count: field.utf8CodeUnitCount)
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            if case .bytes(let bytes) = elements[index], bytes.elementsEqual(name) { return elements[index + 1] }
        }
        return .null
    }
}
