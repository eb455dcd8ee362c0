/// Protocol Buffers wire format: what OTLP needs of it (protobuf.dev, "Encoding").
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case length = 2
        case fixed32 = 5
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(rest))
    }

    private mutating func tag(_ field: UInt64, _ type: WireType) { self.varint(field << 3 | type.rawValue) }

    mutating func whole(_ field: UInt64, _ value: UInt64) {
        self.tag(field, .varint)
        self.varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        self.tag(field, .fixed64)
        for shift in stride(from: 0, to: 64, by: 8) { self.bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        self.tag(field, .fixed32)
        for shift in stride(from: 0, to: 32, by: 8) { self.bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    mutating func text(_ field: UInt64, _ value: String) {
        self.tag(field, .length)
        self.varint(UInt64(value.utf8.count))
        self.bytes.append(contentsOf: value.utf8)
    }

    /// Bytes of words, most significant byte first, as ids are written.
    mutating func id(_ field: UInt64, _ words: UInt64...) {
        self.tag(field, .length)
        self.varint(UInt64(words.count * 8))
        for word in words { for shift in stride(from: 56, through: 0, by: -8) { self.bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) } }
    }

    mutating func message(_ field: UInt64, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        self.tag(field, .length)
        self.varint(UInt64(inner.bytes.count))
        self.bytes.append(contentsOf: inner.bytes)
    }
}
