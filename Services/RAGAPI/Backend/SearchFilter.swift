/// Documents whose metadata field is, or as a list contains, any of the values. The fields `source` and `documentId` mean the document itself.
struct SearchFilter: Sendable, Equatable {
    static let maxValues = 64
    /// Fields of every document, which are texts.
    static let ofDocument: Set<String> = ["source", "documentId"]

    var field: String
    var anyOf: [MetadataValue]

    /// Field names reach URLs, keys of caches and queries of servers, so they are kept to what needs no quoting.
    static func isFieldName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
