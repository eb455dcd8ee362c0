/// What of a header line has to be understood, without making strings of it.
enum HTTPBytes {
    static func hasPrefix(_ line: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard line.count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where line[index] != text.utf8Start[index] { return false }
        return true
    }

    /// The value of the field `name` (lower case), if the line is that field.
    static func value(of name: StaticString, in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let count = name.utf8CodeUnitCount
        guard line.count > count, line[count] == UInt8(ascii: ":") else { return nil }
        for index in 0..<count where line[index] | 0x20 != name.utf8Start[index] | 0x20 { return nil }
        var start = count + 1
        var end = line.count
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    /// Whether `text` (lower case) is anywhere in it, in any case.
    static func contains(_ value: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard value.count >= count else { return false }
        return (0...value.count - count).contains { start in
            (0..<count).allSatisfy { value[start + $0] | 0x20 == text.utf8Start[$0] | 0x20 }
        }
    }

    static func decimal(_ value: UnsafeRawBufferPointer) -> Int? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var number = 0
        for byte in value {
            let digit = byte &- 0x30
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    /// The number at the beginning of a chunk's line; what follows a semicolon is an extension.
    static func hexadecimal(_ line: UnsafeRawBufferPointer) -> Int? {
        var number = 0
        var digits = 0
        for byte in line {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            case 0x3b, 0x20, 0x09: return digits > 0 ? number : nil
            default: return nil
            }
            guard digits < 15 else { return nil }
            number = number << 4 | Int(digit)
            digits += 1
        }
        return digits > 0 ? number : nil
    }
}
