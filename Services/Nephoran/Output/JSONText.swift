import Foundation

/// JSON for people and `jq`: indented, keys sorted, so that two answers can be compared.
enum JSONText {
    static func pretty(_ body: [UInt8]) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed]),
            let data = try? JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
        else { return String(decoding: body, as: UTF8.self) }
        return String(decoding: data, as: UTF8.self)
    }

    static func encode(_ value: some Encodable) throws -> Data { try JSONEncoder().encode(value) }
}
