import Crypto

/// SHA-256, as 64 hexadecimal digits.
package enum AuditHash {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func of(_ bytes: some Sequence<UInt8>) -> String {
        var digest = SHA256()
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { digest.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(bytes).withUnsafeBytes { digest.update(bufferPointer: $0) } }
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest.finalize() {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What the first entry of a chain follows: another for each chain, so that none can stand for another.
    package static func genesis(of chain: String) -> String { self.of("nephoran audit \(chain)".utf8) }
}
