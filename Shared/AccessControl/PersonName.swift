import IntentModel

/// Names of keys and subjects of tokens, as they go into records, logs and headers.
package enum PersonName {
    package static let rule = "1…128 characters without control characters, and no service's name, are expected"

    /// 1…128 characters, none of them a control character. Not what a service is called: nobody passes for one in the records.
    package static func isName(_ text: String) -> Bool {
        (1...128).contains(text.unicodeScalars.count) && !HistoryEntry.services.contains(text)
            && !text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029 }
    }
}
