import JSONSchema

/// The message of a provider's error: `{"error": {"message": …}}`, or `message`, or `detail`.
struct JSONMessage {
    let text: String

    init(_ bytes: [UInt8]) throws(JSONParseError) {
        let value = try JSONValue(parsing: bytes)
        self.text = value["error"]?["message"]?.string ?? value["error"]?.string ?? value["message"]?.string ?? value["detail"]?.string ?? ""
    }
}
