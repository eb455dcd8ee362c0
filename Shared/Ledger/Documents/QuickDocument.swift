package import JSONSchema
import Foundation
import IntentModel

/// A document of the record that every intent comes by several times, read in one pass at a tenth of a decoder's cost. Whatever is returned is what the
/// decoder makes of the same bytes; `QuickDocumentTests` holds one against the other.
package protocol QuickDocument: Decodable {
    /// Nil is no judgement: the decoder decides.
    static func read(_ cursor: inout JSONCursor) -> Self?
}

extension LedgerJSON {
    package static func decode<Value: QuickDocument>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        if let value = JSONCursor.read(bytes, Value.read) { return value }
        return try JSONDecoder().decode(type, from: Data(bytes))
    }
}

extension RecordSnapshot {
    package func decode<Value: QuickDocument>(_ type: Value.Type, _ field: RecordField) throws(LedgerError) -> Value? {
        guard let bytes = self.bytes(field) else { return nil }
        do {
            return try LedgerJSON.decode(type, bytes)
        } catch {
            throw LedgerError(.corrupt, "intent \(self.id): \(field.rawValue): \(error)")
        }
    }
}

extension Array: QuickDocument where Element: QuickDocument {
    package static func read(_ cursor: inout JSONCursor) -> [Element]? {
        var list: [Element] = []
        let isWhole = cursor.elements { cursor in
            guard let element = Element.read(&cursor) else { return false }
            list.append(element)
            return true
        }
        return isWhole ? list : nil
    }
}
