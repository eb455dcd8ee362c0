import Foundation
import HTTPFetch
import IntentModel

/// An HTTP response with what tests ask of it.
struct Reply: Sendable, CustomStringConvertible {
    let status: Int
    let body: [UInt8]
    private let response: FetchResponse

    init(_ response: FetchResponse) {
        self.status = response.status
        self.body = response.body
        self.response = response
    }

    var text: String { String(decoding: self.body, as: UTF8.self) }
    func header(_ name: String) -> String? { self.response.header(name) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try JSONDecoder().decode(type, from: Data(self.body)) }

    /// The problem document, when it is one by its type and by its shape.
    var problem: Problem? {
        guard self.header("content-type") == "application/problem+json" else { return nil }
        return try? self.decode(Problem.self)
    }

    /// The value at a path of member names; nil when there is none.
    subscript(_ path: String...) -> Any? {
        var value = try? JSONSerialization.jsonObject(with: Data(self.body), options: [.fragmentsAllowed])
        for name in path { value = (value as? [String: Any])?[name] }
        return value
    }

    var description: String { "\(self.status) \(self.text.prefix(500))" }
}
