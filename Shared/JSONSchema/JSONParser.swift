/// Why some bytes are not JSON.
package struct JSONParseError: Error, Equatable, CustomStringConvertible {
    /// Byte offset of the first byte that does not fit.
    package let offset: Int
    package let reason: String

    package var description: String { "\(self.reason) at byte \(self.offset)" }
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259). Made for answers of peers nobody vouches for: nesting deeper than `maxDepth`,
    /// a member said twice, invalid UTF-8 and anything after the value are errors, never a crash.
    package init(parsing bytes: some Collection<UInt8>, maxDepth: Int = 64) throws(JSONParseError) {
        var parser = JSONParser(bytes: Array(bytes), maxDepth: maxDepth)
        self = try parser.document()
    }

    package init(parsing text: String, maxDepth: Int = 64) throws(JSONParseError) {
        try self.init(parsing: text.utf8, maxDepth: maxDepth)
    }
}

/// A recursive descent over bytes; depth is bounded by `maxDepth`.
struct JSONParser {
    private let bytes: [UInt8]
    private let maxDepth: Int
    private var position = 0

    init(bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    mutating func document() throws(JSONParseError) -> JSONValue {
        let value = try self.value(depth: 0)
        self.skipSpace()
        guard self.position == self.bytes.count else { throw self.error("something follows the value") }
        return value
    }

    private var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }
    private func error(_ reason: String) -> JSONParseError { JSONParseError(offset: self.position, reason: reason) }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { self.position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.next == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONParseError) -> JSONValue {
        guard depth <= self.maxDepth else { throw self.error("nested deeper than \(self.maxDepth)") }
        self.skipSpace()
        guard let byte = self.next else { throw self.error("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return try self.object(depth: depth)
        case UInt8(ascii: "["): return try self.array(depth: depth)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .boolean(true))
        case UInt8(ascii: "f"): return try self.word("false", .boolean(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try self.number())
        default: throw self.error("a value is expected")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONParseError) -> JSONValue {
        let count = text.utf8CodeUnitCount
        guard self.position + count <= self.bytes.count else { throw self.error("a value is expected") }
        for index in 0..<count where self.bytes[self.position + index] != text.utf8Start[index] { throw self.error("a value is expected") }
        self.position += count
        return value
    }

    private mutating func object(depth: Int) throws(JSONParseError) -> JSONValue {
        self.position += 1
        var members: [String: JSONValue] = [:]
        self.skipSpace()
        if self.take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            self.skipSpace()
            guard self.next == UInt8(ascii: "\"") else { throw self.error("a member name is expected") }
            let start = self.position
            let name = try self.string()
            self.skipSpace()
            guard self.take(UInt8(ascii: ":")) else { throw self.error("':' is expected") }
            let value = try self.value(depth: depth + 1)
            guard members.updateValue(value, forKey: name) == nil else { throw JSONParseError(offset: start, reason: "the member '\(name)' is said twice") }
            self.skipSpace()
            if self.take(UInt8(ascii: ",")) { continue }
            guard self.take(UInt8(ascii: "}")) else { throw self.error("',' or '}' is expected") }
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(JSONParseError) -> JSONValue {
        self.position += 1
        var elements: [JSONValue] = []
        self.skipSpace()
        if self.take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try self.value(depth: depth + 1))
            self.skipSpace()
            if self.take(UInt8(ascii: ",")) { continue }
            guard self.take(UInt8(ascii: "]")) else { throw self.error("',' or ']' is expected") }
            return .array(elements)
        }
    }

    private mutating func number() throws(JSONParseError) -> Double {
        let start = self.position
        _ = self.take(UInt8(ascii: "-"))
        if !self.take(UInt8(ascii: "0")) { try self.digits() }
        if self.take(UInt8(ascii: ".")) { try self.digits() }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.digits()
        }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw JSONParseError(offset: start, reason: "the number is out of range") }
        return value
    }

    private mutating func digits() throws(JSONParseError) {
        let start = self.position
        while let byte = self.next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { self.position += 1 }
        guard self.position > start else { throw self.error("a digit is expected") }
    }

    private mutating func string() throws(JSONParseError) -> String {
        self.position += 1
        let start = self.position
        var out: [UInt8]?
        while let byte = self.next {
            switch byte {
            case UInt8(ascii: "\""):
                let content = out ?? Array(self.bytes[start..<self.position])
                self.position += 1
                guard let text = String(validating: content, as: UTF8.self) else { throw JSONParseError(offset: start, reason: "the string is not UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                if out == nil { out = Array(self.bytes[start..<self.position]) }
                self.position += 1
                let scalar = try self.escape()
                out?.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            case 0..<0x20: throw self.error("a control character is not allowed in a string")
            default:
                out?.append(byte)
                self.position += 1
            }
        }
        throw self.error("the string does not end")
    }

    private mutating func escape() throws(JSONParseError) -> Unicode.Scalar {
        guard let byte = self.next else { throw self.error("the string does not end") }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "u"):
            let unit = try self.codeUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // A surrogate: only a leading one followed by its trailing one is a character.
            guard unit < 0xdc00, self.take(UInt8(ascii: "\\")), self.take(UInt8(ascii: "u")) else { throw self.error("half a surrogate pair") }
            let trailing = try self.codeUnit()
            guard (0xdc00...0xdfff).contains(trailing),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(trailing) - 0xdc00))
            else { throw self.error("half a surrogate pair") }
            return scalar
        default: throw self.error("an unknown escape")
        }
    }

    private mutating func codeUnit() throws(JSONParseError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = self.next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw self.error("four hexadecimal digits are expected")
            }
            unit = unit << 4 | UInt16(digit)
            self.position += 1
        }
        return unit
    }
}
