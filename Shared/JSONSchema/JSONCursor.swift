/// Reads JSON in one pass and makes nothing of what nobody asks for: the quick way past ``JSONValue`` for the shapes that almost every message
/// has. It takes less than JSON is (see ``string()``, ``number()``) and nothing that JSON is not: what it refuses goes the plain way, which
/// says what is wrong, or that nothing is. `QuickReadingTests` and `QuickDocumentTests` hold one against the other.
///
/// The bytes are valid UTF-8 and outlive the cursor: use ``read(_:_:)``.
package struct JSONCursor {
    /// A member's name without escapes.
    package struct Name {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>

        package static func ~= (text: StaticString, name: Name) -> Bool {
            name.bytes.count == text.utf8CodeUnitCount && name.bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        package var text: String { String(decoding: self.bytes, as: UTF8.self) }
    }

    /// Objects with more members, and deeper ones, are read the plain way.
    private static let mostMembers = 24
    private static let mostDepth = 16

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// What `read` makes of the bytes; nil when it fails, when they are not UTF-8, and when something follows.
    package static func read<Value>(_ bytes: some Sequence<UInt8>, _ read: (inout JSONCursor) -> Value?) -> Value? {
        let value = bytes.withContiguousStorageIfAvailable { bytes -> Value? in
            guard Self.isText(bytes) else { return nil }
            var cursor = JSONCursor(bytes)
            guard let value = read(&cursor) else { return nil }
            cursor.skipSpace()
            return cursor.at == bytes.count ? value : nil
        }
        return value ?? nil
    }

    private static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var high: UInt8 = 0
        for byte in bytes { high |= byte }
        return high < 0x80 || String(validating: bytes, as: UTF8.self) != nil
    }

    // MARK: Structure

    private var next: UInt8 { self.at < self.bytes.count ? self.bytes[self.at] : 0 }

    private mutating func skipSpace() {
        while self.at < self.bytes.count {
            let byte = self.bytes[self.at]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            self.at += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipSpace()
        guard self.next == byte else { return false }
        self.at += 1
        return true
    }

    /// Every member of an object, in its order; false when one is said twice, or `read` says so of a value.
    package mutating func members(_ read: (inout JSONCursor, Name) -> Bool) -> Bool {
        guard self.depth < Self.mostDepth, self.take(UInt8(ascii: "{")) else { return false }
        if self.take(UInt8(ascii: "}")) { return true }
        self.depth += 1
        defer { self.depth -= 1 }
        return withUnsafeTemporaryAllocation(of: UnsafeBufferPointer<UInt8>.self, capacity: Self.mostMembers) { names in
            var count = 0
            while true {
                self.skipSpace()
                guard count < Self.mostMembers, let (text, isPlain) = self.quoted(), isPlain, self.take(UInt8(ascii: ":")) else { return false }
                for index in 0..<count where names[index].count == text.count && names[index].elementsEqual(text) { return false }
                names.initializeElement(at: count, to: text)
                count += 1
                guard read(&self, Name(bytes: text)) else { return false }
                if self.take(UInt8(ascii: ",")) { continue }
                return self.take(UInt8(ascii: "}"))
            }
        }
    }

    /// Every element of an array.
    package mutating func elements(_ read: (inout JSONCursor) -> Bool) -> Bool {
        guard self.depth < Self.mostDepth, self.take(UInt8(ascii: "[")) else { return false }
        if self.take(UInt8(ascii: "]")) { return true }
        self.depth += 1
        defer { self.depth -= 1 }
        while true {
            guard read(&self) else { return false }
            if self.take(UInt8(ascii: ",")) { continue }
            return self.take(UInt8(ascii: "]"))
        }
    }

    /// Any value, checked like the others.
    package mutating func skip() -> Bool {
        self.skipSpace()
        switch self.next {
        case UInt8(ascii: "{"): return self.members { cursor, _ in cursor.skip() }
        case UInt8(ascii: "["): return self.elements { $0.skip() }
        case UInt8(ascii: "\""):
            guard let (text, isPlain) = self.quoted() else { return false }
            return isPlain || Self.unescaped(text) != nil
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return self.boolean() != nil
        case UInt8(ascii: "n"): return self.null()
        default: return self.number() != nil
        }
    }

    // MARK: Values

    /// The first byte of the next value, by which its kind is known; 0 at the end.
    package var first: UInt8 {
        mutating get {
            self.skipSpace()
            return self.next
        }
    }

    package mutating func null() -> Bool { self.word("null") }

    package mutating func boolean() -> Bool? { self.word("true") ? true : self.word("false") ? false : nil }

    private mutating func word(_ text: StaticString) -> Bool {
        self.skipSpace()
        let count = text.utf8CodeUnitCount
        guard self.at + count <= self.bytes.count else { return false }
        for index in 0..<count where self.bytes[self.at + index] != text.utf8Start[index] { return false }
        self.at += count
        return true
    }

    /// A number of at most 15 digits without an exponent.
    package mutating func number() -> Double? {
        self.skipSpace()
        let start = self.at
        guard let value = self.digits() else {
            self.at = start
            return nil
        }
        return value
    }

    private mutating func digits() -> Double? {
        let isNegative = self.next == UInt8(ascii: "-")
        if isNegative { self.at += 1 }
        let start = self.at
        var digits = 0, mantissa = 0, fraction = 0
        while self.next >= UInt8(ascii: "0"), self.next <= UInt8(ascii: "9"), digits < 16 {
            mantissa = mantissa * 10 + Int(self.next - UInt8(ascii: "0"))
            digits += 1
            self.at += 1
        }
        guard digits > 0, digits == 1 || self.bytes[start] != UInt8(ascii: "0") else { return nil }
        if self.next == UInt8(ascii: ".") {
            self.at += 1
            while self.next >= UInt8(ascii: "0"), self.next <= UInt8(ascii: "9"), digits < 16 {
                mantissa = mantissa * 10 + Int(self.next - UInt8(ascii: "0"))
                digits += 1
                fraction += 1
                self.at += 1
            }
            guard fraction > 0 else { return nil }
        }
        guard digits < 16, self.next != UInt8(ascii: "e"), self.next != UInt8(ascii: "E") else { return nil }
        // Both are exact (10^15 is less than 2^53), and so the quotient is the nearest there is.
        let value = fraction == 0 ? Double(mantissa) : Double(mantissa) / Self.powers[fraction]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

    /// A string whose escapes, if any, name no half of a surrogate pair.
    package mutating func string() -> String? {
        self.skipSpace()
        guard let (text, isPlain) = self.quoted() else { return nil }
        if isPlain { return String(decoding: text, as: UTF8.self) }
        return Self.unescaped(text).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same as UTF-8.
    package mutating func stringBytes() -> [UInt8]? {
        self.skipSpace()
        guard let (text, isPlain) = self.quoted() else { return nil }
        return isPlain ? Array(text) : Self.unescaped(text)
    }

    // MARK: Values into places, as decoders take them

    /// A text, or null for none; false for anything else.
    package mutating func read(_ place: inout String?) -> Bool {
        if self.first == UInt8(ascii: "n") {
            place = nil
            return self.null()
        }
        guard let text = self.string() else { return false }
        place = text
        return true
    }

    /// A whole number, or null for none.
    package mutating func read(_ place: inout Int?) -> Bool {
        if self.first == UInt8(ascii: "n") {
            place = nil
            return self.null()
        }
        guard let number = self.number().flatMap({ Int(exactly: $0) }) else { return false }
        place = number
        return true
    }

    package mutating func read(_ place: inout Double?) -> Bool {
        if self.first == UInt8(ascii: "n") {
            place = nil
            return self.null()
        }
        guard let number = self.number() else { return false }
        place = number
        return true
    }

    /// One of the words of a type; not null.
    package mutating func read<Word: RawRepresentable<String>>(_ place: inout Word?) -> Bool {
        guard let word = self.string().flatMap(Word.init(rawValue:)) else { return false }
        place = word
        return true
    }

    /// A list of texts, or null for none.
    package mutating func read(_ place: inout [String]?) -> Bool {
        if self.first == UInt8(ascii: "n") {
            place = nil
            return self.null()
        }
        var texts: [String] = []
        let isWhole = self.elements { cursor in
            guard let text = cursor.string() else { return false }
            texts.append(text)
            return true
        }
        place = texts
        return isWhole
    }

    /// A list of what `read` makes of each element, or null for none.
    package mutating func read<Element>(_ place: inout [Element]?, _ read: (inout JSONCursor) -> Element?) -> Bool {
        if self.first == UInt8(ascii: "n") {
            place = nil
            return self.null()
        }
        var list: [Element] = []
        let isWhole = self.elements { cursor in
            guard let element = read(&cursor) else { return false }
            list.append(element)
            return true
        }
        place = list
        return isWhole
    }

    /// What `read` makes of the next value, or null for none.
    package mutating func read<Value>(_ place: inout Value?, _ read: (inout JSONCursor) -> Value?) -> Bool {
        if self.first == UInt8(ascii: "n") {
            place = nil
            return self.null()
        }
        guard let value = read(&self) else { return false }
        place = value
        return true
    }

    /// What stands between the quotes, and whether that is what it says.
    private mutating func quoted() -> (UnsafeBufferPointer<UInt8>, isPlain: Bool)? {
        guard self.next == UInt8(ascii: "\"") else { return nil }
        self.at += 1
        let start = self.at
        var isPlain = true
        while self.at < self.bytes.count {
            let byte = self.bytes[self.at]
            if byte == UInt8(ascii: "\"") {
                self.at += 1
                return (UnsafeBufferPointer(rebasing: self.bytes[start..<(self.at - 1)]), isPlain)
            }
            if byte < 0x20 { return nil }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                self.at += 1
            }
            self.at += 1
        }
        return nil
    }

    private static func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count) { out, count in
            var at = 0
            func put(_ byte: UInt8) {
                out.initializeElement(at: count, to: byte)
                count += 1
            }
            while at < text.count {
                let byte = text[at]
                at += 1
                guard byte == UInt8(ascii: "\\") else {
                    put(byte)
                    continue
                }
                guard at < text.count else { return isWhole = false }
                let escape = text[at]
                at += 1
                switch escape {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): put(escape)
                case UInt8(ascii: "n"): put(0x0a)
                case UInt8(ascii: "r"): put(0x0d)
                case UInt8(ascii: "t"): put(0x09)
                case UInt8(ascii: "b"): put(0x08)
                case UInt8(ascii: "f"): put(0x0c)
                case UInt8(ascii: "u"):
                    guard at + 4 <= text.count, let unit = Self.hexadecimal(text[at..<(at + 4)]), let scalar = Unicode.Scalar(unit) else {
                        return isWhole = false
                    }
                    at += 4
                    // Six bytes become three at most.
                    for byte in UTF8.encode(scalar) ?? Unicode.UTF8.EncodedScalar() { put(byte) }
                default: return isWhole = false
                }
            }
        }
        return isWhole ? bytes : nil
    }

    private static func hexadecimal(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }
}
