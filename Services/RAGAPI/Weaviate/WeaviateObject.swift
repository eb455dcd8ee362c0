import Crypto
import JSONSchema

/// Objects of the class `TelecomKnowledge`: a document, its passages, and the state of the whole.
enum WeaviateObject {
    static let className = "TelecomKnowledge"

    static let passage = "passage"
    static let document = "document"
    static let state = "state"

    /// The hash of a document whose passages are being replaced: whoever finds it begins anew.
    static let changing = "changing"

    static func documentID(_ id: String) -> String { self.uuid("document", id) }

    /// A passage of another content of a document is another object.
    static func passageID(_ id: String, _ hash: ContentHash, _ ordinal: Int) -> String { self.uuid("passage", id, hash.hex, "\(ordinal)") }

    static let stateID = Self.uuid("state")

    static func of(_ prepared: PreparedDocument, hash: String) -> JSONValue {
        let document = prepared.document
        return self.object(
            self.documentID(document.id),
            [
                "kind": .string(self.document), "documentId": .string(document.id), "name": .string(document.title), "document": .string(document.text),
                "source": .string(document.source), "metadata": .string((try? document.metadata.json()) ?? "{}"), "hash": .string(hash),
                "access": .array(document.access.map { .string($0) }), "chunks": .number(Double(prepared.chunks.count)),
                "updatedAt": .string(prepared.updatedAt ?? StoreClock.now()), "attributes": self.attributes(document),
            ])
    }

    /// - Parameter index: of the passage among the document's.
    static func of(_ prepared: PreparedDocument, passage index: Int) -> JSONValue {
        let (document, chunk) = (prepared.document, prepared.chunks[index])
        let embedding = prepared.embeddings.indices.contains(index) ? prepared.embeddings[index] : nil
        return self.object(
            self.passageID(document.id, prepared.hash, chunk.ordinal),
            [
                "kind": .string(self.passage), "documentId": .string(document.id), "ordinal": .number(Double(chunk.ordinal)),
                "title": .string(PassageText.title(document.title, ofDocument: document.id)), "name": .string(document.title),
                "heading": .string(chunk.heading.joined(separator: " › ")), "text": .string(chunk.text), "source": .string(document.source),
                "metadata": .string((try? document.metadata.json()) ?? "{}"), "hash": .string(prepared.hash.hex),
                "model": .string(embedding == nil ? self.noModel : prepared.model ?? self.noModel), "attributes": self.attributes(document),
            ], vector: embedding)
    }

    /// What stands for no model: an empty text is found by no comparison.
    static let noModel = "none"

    static func object(_ id: String, _ properties: JSONValue, vector: [Float]? = nil) -> JSONValue {
        var object: JSONValue = ["class": .string(self.className), "id": .string(id), "properties": properties]
        if let vector, case .object(var members) = object {
            members["vector"] = self.numbers(vector)
            object = .object(members)
        }
        return object
    }

    static func numbers(_ vector: [Float]) -> JSONValue { .array(vector.map { .number(Double($0)) }) }

    private static func attributes(_ document: KnowledgeDocument) -> JSONValue {
        let names = PassageAttributes.of(id: document.id, source: document.source, metadata: document.metadata, access: document.access)
        return .array(names.map { .string(self.name($0)) })
    }

    static func name(_ attribute: UInt64) -> String { String(attribute, radix: 16) }

    /// The first bits of a SHA-256, in the form of a version 5.
    private static func uuid(_ parts: String...) -> String {
        var hash = SHA256()
        for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = bytes.hex
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            text.append(digit)
        }
        return text
    }
}

extension [UInt8] {
    /// Two digits each.
    var hex: String { self.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined() }

    /// Nil when it is none.
    init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        self = bytes
    }
}

extension ContentHash {
    var hex: String { self.bytes.hex }
    init?(hex: String) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes: bytes)
    }
}
