/// Reads the Protocol Buffers wire format: fields by number, in their order.
package struct ProtobufReader {
    package enum Value: Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes([UInt8])
        case fixed32(UInt32)
    }

    package struct Broken: Error {}

    package let fields: [(number: Int, value: Value)]

    package init(_ bytes: [UInt8]) throws {
        var fields: [(Int, Value)] = []
        var rest = bytes[...]
        func varint() throws -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while let byte = rest.popFirst() {
                value |= UInt64(byte & 0x7f) << shift
                if byte & 0x80 == 0 { return value }
                shift += 7
                if shift > 63 { throw Broken() }
            }
            throw Broken()
        }
        func take(_ count: Int) throws -> [UInt8] {
            guard count <= rest.count else { throw Broken() }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        func word(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        while !rest.isEmpty {
            let tag = try varint()
            let value: Value =
                switch tag & 7 {
                case 0: .varint(try varint())
                case 1: .fixed64(word(try take(8)))
                case 2: .bytes(try take(Int(try varint())))
                case 5: .fixed32(UInt32(word(try take(4))))
                default: throw Broken()
                }
            fields.append((Int(tag >> 3), value))
        }
        self.fields = fields
    }

    package func all(_ number: Int) -> [[UInt8]] {
        self.fields.compactMap { if $0.number == number, case .bytes(let bytes) = $0.value { bytes } else { nil } }
    }

    package func messages(_ number: Int) throws -> [ProtobufReader] { try self.all(number).map { try ProtobufReader($0) } }

    package func text(_ number: Int) -> String { self.all(number).last.map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// In hexadecimal.
    package func id(_ number: Int) -> String {
        (self.all(number).last ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Of a varint or a fixed number; 0 when it is not there.
    package func number(_ number: Int) -> UInt64 {
        for field in self.fields.reversed() where field.number == number {
            switch field.value {
            case .varint(let value), .fixed64(let value): return value
            case .fixed32(let value): return UInt64(value)
            case .bytes: continue
            }
        }
        return 0
    }
}
