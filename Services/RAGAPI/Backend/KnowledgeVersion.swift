/// A name for what the store holds: the exclusive or of the hashes of all its documents.
///
/// The order of ingestion does not matter, so replicas that hold the same documents share their cached answers, and a document
/// that comes and goes leaves the version as it was. Updating it costs one hash, not a scan.
struct KnowledgeVersion: Equatable, Sendable, CustomStringConvertible {
    private(set) var bytes: [UInt8]

    init() { self.bytes = [UInt8](repeating: 0, count: 32) }

    /// Nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Adds a document that was absent, or takes one away that was present.
    mutating func toggle(_ hash: [UInt8]) {
        for index in self.bytes.indices where index < hash.count { self.bytes[index] ^= hash[index] }
    }

    /// 32 hexadecimal digits: half of the bytes are plenty for a name.
    var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: self.bytes.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
