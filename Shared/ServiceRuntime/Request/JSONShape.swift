/// What a JSON body may look like before anything is made of it: bounded nesting, and no key twice in an object, of which two readers would take
/// different values (RFC 8259 §4).
///
/// Looks at structure alone; whether it is JSON at all, the decoder says.
package enum JSONShape {
    package enum Fault: Error, Equatable {
        case tooDeep
        case duplicateKey(String)
    }

    static let maxDepth = 64
    private static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\")

    package static func check(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        /// Of the objects and arrays that are open; an array has no keys.
        var open: [Set<[UInt8]>?] = []
        var expectsKey = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < Self.maxDepth else { throw .tooDeep }
                let isObject = byte == UInt8(ascii: "{")
                open.append(isObject ? [] : nil)
                expectsKey = isObject
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if !open.isEmpty { open.removeLast() }
                expectsKey = false
            case UInt8(ascii: ","): expectsKey = open.last.map { $0 != nil } ?? false
            case Self.quote:
                let start = index
                var isEscaped = false
                while index < bytes.count, bytes[index] != Self.quote {
                    if bytes[index] == Self.backslash {
                        isEscaped = true
                        index += 1
                    }
                    index += 1
                }
                let end = min(index, bytes.count)
                index += 1
                guard expectsKey, let last = open.indices.last else { continue }
                expectsKey = false
                let raw = Array(bytes[start..<end])
                let key = isEscaped ? Self.unescaped(raw) : raw
                if open[last]?.insert(key).inserted == false { throw .duplicateKey(String(decoding: key.prefix(100), as: UTF8.self)) }
            default: break
            }
        }
    }

    /// Two spellings of a key are the same key.
    private static func unescaped(_ raw: [UInt8]) -> [UInt8] {
        var units: [UInt16] = []
        var text: [UInt8] = []
        func flush() {
            text += Array(String(decoding: units, as: UTF16.self).utf8)
            units = []
        }
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            index += 1
            guard byte == Self.backslash, index < raw.count else {
                flush()
                text.append(byte)
                continue
            }
            let kind = raw[index]
            index += 1
            switch kind {
            case UInt8(ascii: "u"):
                units.append(UInt16(String(decoding: raw[index..<min(index + 4, raw.count)], as: UTF8.self), radix: 16) ?? 0xfffd)
                index = min(index + 4, raw.count)
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            default: units.append(UInt16(kind))
            }
        }
        flush()
        return text
    }
}
