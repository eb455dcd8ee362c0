#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An entry as a line of JSON. Its last member `hash` is the SHA-256 of the line up to the comma before it, so that nothing but `sha256sum` is
/// needed to check it:
///
/// `{"chain":"p03","sequence":1,…,"previous":"…","hash":"…"}`
package struct AuditLine: Sendable {
    package let entry: AuditEntry
    /// As the line says.
    package let hash: String
    /// Of what the line says.
    package let actual: String
    /// Without the newline.
    package let bytes: [UInt8]

    private static let beforeHash = Array(",\"hash\":\"".utf8)
    private static let end = Array("\"}".utf8)
    private static let decoder = JSONDecoder()

    init(_ entry: AuditEntry) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        func put(_ name: StaticString, _ value: String?) {
            guard let value else { return }
            bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            bytes.append(UInt8(ascii: "\""))
            bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            bytes += Array("\":".utf8)
            Self.append(value, to: &bytes)
        }
        put("chain", entry.chain)
        bytes += Array(",\"sequence\":\(entry.sequence)".utf8)
        put("at", entry.at)
        put("who", entry.who)
        put("tenant", entry.tenant)
        put("verb", entry.verb)
        put("object", entry.object)
        put("outcome", entry.outcome)
        put("intent", entry.intent)
        put("detail", entry.detail)
        put("position", entry.position)
        put("previous", entry.previous)
        let hash = AuditHash.of(bytes)
        bytes += Self.beforeHash + Array(hash.utf8) + Self.end
        (self.entry, self.hash, self.actual, self.bytes) = (entry, hash, hash, bytes)
    }

    /// Nil when it is no entry.
    package init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        // The hash has a length of its own: what is before it needs no parser to be found.
        let tail = Self.beforeHash.count + 64 + Self.end.count
        guard bytes.count > tail, bytes.suffix(2).elementsEqual(Self.end) else { return nil }
        let covered = bytes[..<(bytes.count - tail)]
        guard bytes[covered.endIndex...].starts(with: Self.beforeHash) else { return nil }
        let digits = bytes[(covered.endIndex + Self.beforeHash.count)..<(bytes.count - Self.end.count)]
        guard let entry = try? Self.decoder.decode(AuditEntry.self, from: Data(bytes)) else { return nil }
        self.entry = entry
        self.hash = String(decoding: digits, as: UTF8.self)
        self.actual = AuditHash.of(covered)
        self.bytes = bytes
    }

    package var isIntact: Bool { self.hash == self.actual }

    /// A JSON string: control characters as `\u00xx`, so that an entry is one line whatever it says.
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20, 0x7f:
                bytes += Array("\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
