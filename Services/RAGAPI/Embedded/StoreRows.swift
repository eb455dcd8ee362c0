import Foundation

/// Columns that hold JSON.
enum StoreRows {
    static func tags(_ text: String) throws -> [String] { text == "[]" ? [] : try JSONDecoder().decode([String].self, from: Data(text.utf8)) }
}

/// RFC 3339 UTC, whole seconds.
enum StoreClock {
    static func now() -> String { Date.now.ISO8601Format() }
}
