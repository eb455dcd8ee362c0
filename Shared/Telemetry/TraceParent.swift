/// A position in a trace: the `traceparent` header of W3C Trace Context, §3.2.
package struct TraceParent: Sendable, Hashable, CustomStringConvertible {
    package let traceHigh: UInt64
    package let traceLow: UInt64
    package let span: UInt64
    package let isSampled: Bool

    package init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.isSampled = isSampled
    }

    /// The start of a new trace.
    package static func generate() -> TraceParent {
        TraceParent(traceHigh: TraceRandom.next(), traceLow: TraceRandom.next(), span: TraceRandom.next(), isSampled: true)
    }

    /// A new span of the same trace.
    package func child() -> TraceParent {
        TraceParent(traceHigh: self.traceHigh, traceLow: self.traceLow, span: TraceRandom.next(), isSampled: self.isSampled)
    }

    /// Nil unless `header` is `00-<32 hex>-<16 hex>-<2 hex>` in lower case with neither id zero. A later version may carry more after a dash.
    package init?(_ header: String) {
        var header = header
        let parsed = header.withUTF8 { bytes -> (UInt64, UInt64, UInt64, Bool)? in
            guard bytes.count >= 55, bytes[2] == UInt8(ascii: "-"), bytes[35] == UInt8(ascii: "-"), bytes[52] == UInt8(ascii: "-"),
                let version = Self.hex(bytes[0..<2]), version != 0xff, bytes.count == 55 || (version > 0 && bytes[55] == UInt8(ascii: "-")),
                let high = Self.hex(bytes[3..<19]), let low = Self.hex(bytes[19..<35]), let span = Self.hex(bytes[36..<52]),
                let flags = Self.hex(bytes[53..<55]), high | low != 0, span != 0
            else { return nil }
            return (high, low, span, flags & 1 == 1)
        }
        guard let parsed else { return nil }
        self.init(traceHigh: parsed.0, traceLow: parsed.1, span: parsed.2, isSampled: parsed.3)
    }

    private static func hex(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    package var description: String {
        String(unsafeUninitializedCapacity: 55) { buffer in
            buffer[0] = UInt8(ascii: "0")
            buffer[1] = UInt8(ascii: "0")
            buffer[2] = UInt8(ascii: "-")
            Self.write(self.traceHigh, to: buffer, at: 3)
            Self.write(self.traceLow, to: buffer, at: 19)
            buffer[35] = UInt8(ascii: "-")
            Self.write(self.span, to: buffer, at: 36)
            buffer[52] = UInt8(ascii: "-")
            buffer[53] = UInt8(ascii: "0")
            buffer[54] = self.isSampled ? UInt8(ascii: "1") : UInt8(ascii: "0")
            return 55
        }
    }

    /// 32 hexadecimal digits.
    package var traceID: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            Self.write(self.traceHigh, to: buffer, at: 0)
            Self.write(self.traceLow, to: buffer, at: 16)
            return 32
        }
    }

    /// 16 hexadecimal digits.
    package var spanID: String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            Self.write(self.span, to: buffer, at: 0)
            return 16
        }
    }

    private static func write(_ word: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64((15 - index) * 4) & 0xf)
            buffer[start + index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
    }
}
