import Foundation

/// The one way records are written: keys sorted, so that equal values are equal bytes.
package enum LedgerJSON {
    package static func encode(_ value: some Encodable) throws -> [UInt8] { try self.encoded(value) }

    /// By the encoder, also what could be written by hand.
    static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(value))
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
