/// The head of a usual request of a ``QuickRoute``, read off the wire in one pass. A closed list: what it accepts, the server's decoder accepts, and
/// ``QuickRouteHandler`` then takes for usual, with the same body (`UsualHeadTests` holds one against the other). What it does not accept is for them to judge.
struct UsualHead: Equatable {
    /// Longer ones are not usual.
    private static let mostBytes = 2_048
    private static let version: StaticString = " HTTP/1.1\r\n"

    /// Of the head, its empty line included.
    let bytes: Int
    let bodyBytes: Int

    /// Fields that were said; none is said twice.
    private struct Said: OptionSet {
        let rawValue: UInt8
        static let host = Said(rawValue: 1), userAgent = Said(rawValue: 2), acceptEncoding = Said(rawValue: 4), accept = Said(rawValue: 8)
        static let contentType = Said(rawValue: 16), contentLength = Said(rawValue: 32), cacheControl = Said(rawValue: 64)
    }

    /// - Parameters:
    ///   - bytes: may go on behind the head.
    ///   - path: in UTF-8.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, path: [UInt8]) {
        let method: StaticString = "POST "
        var at = method.utf8CodeUnitCount + path.count
        guard bytes.count > at + Self.version.utf8CodeUnitCount, Self.is(bytes[..<method.utf8CodeUnitCount], method),
            bytes[method.utf8CodeUnitCount..<at].elementsEqual(path), Self.is(bytes[at..<(at + Self.version.utf8CodeUnitCount)], Self.version)
        else { return nil }
        at += Self.version.utf8CodeUnitCount
        let end = min(bytes.count, Self.mostBytes)
        var said: Said = []
        var length = 0
        while true {
            guard at + 1 < end else { return nil }
            if bytes[at] == 0x0d {
                guard bytes[at + 1] == 0x0a else { return nil }
                break
            }
            guard let colon = bytes[at..<end].firstIndex(of: UInt8(ascii: ":")), let stop = Self.lineEnd(bytes, colon + 1, end) else { return nil }
            let value = Self.trimmed(bytes[(colon + 1)..<stop])
            guard let field = Self.field(bytes[at..<colon]), !said.contains(field) else { return nil }
            said.insert(field)
            switch field {
            case .contentLength:
                guard let number = Self.number(value) else { return nil }
                length = number
            case .cacheControl: guard Self.is(value, "no-cache") else { return nil }
            case .contentType: guard Self.is(value, "application/json") else { return nil }
            case .accept: guard Self.is(value, "*/*") || Self.is(value, "application/json") else { return nil }
            case .host: guard !value.isEmpty, value.allSatisfy(Self.isOfHost) else { return nil }
            default: break
            }
            at = stop + 2
        }
        guard said.isSuperset(of: [.host, .contentLength, .cacheControl]), length > 0 else { return nil }
        self.bytes = at + 2
        self.bodyBytes = length
    }

    private static func field(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Said? {
        switch name.count {
        case 4: self.isNamed(name, "host") ? .host : nil
        case 6: self.isNamed(name, "accept") ? .accept : nil
        case 10: self.isNamed(name, "user-agent") ? .userAgent : nil
        case 12: self.isNamed(name, "content-type") ? .contentType : nil
        case 13: self.isNamed(name, "cache-control") ? .cacheControl : nil
        case 14: self.isNamed(name, "content-length") ? .contentLength : nil
        case 15: self.isNamed(name, "accept-encoding") ? .acceptEncoding : nil
        default: nil
        }
    }

    private static func `is`(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ text: StaticString) -> Bool {
        bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// - Parameter name: in lower case.
    private static func isNamed(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ name: StaticString) -> Bool {
        bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) {
            $0 == $1 || ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") && $0 | 0x20 == $1)
        }
    }

    /// Where the line feed's carriage return is; nil when it does not come, or anything but printable ASCII before it.
    private static func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var at = start
        while at + 1 < end {
            let byte = bytes[at]
            if byte == 0x0d { return bytes[at + 1] == 0x0a ? at : nil }
            guard byte >= 0x20, byte < 0x7f else { return nil }
            at += 1
        }
        return nil
    }

    private static func trimmed(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var value = value
        while value.first == 0x20 { value = value.dropFirst() }
        while value.last == 0x20 { value = value.dropLast() }
        return value
    }

    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard (1...6).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"): true
        default: false
        }
    }
}
