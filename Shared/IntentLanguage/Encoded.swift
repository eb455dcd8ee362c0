import IntentModel

/// Text hidden in Base64: refused when it decodes to readable words.
enum Encoded {
    static func finding(_ tokens: [Token], _ vocabulary: Vocabulary) -> (reason: Refusal.Reason, words: String)? {
        for token in tokens where token.kind != .symbol && token.end - token.start >= 24 && !token.word.contains(" ") {
            // The folded word lost its case; only its shape is judged here.
            let bytes = Array(token.word.utf8)
            let digits = bytes.count { $0 >= 0x30 && $0 <= 0x39 }
            let letters = bytes.count { $0 >= 0x61 && $0 <= 0x7a }
            guard digits + letters == bytes.count, digits >= 1, letters >= 16 else { continue }
            let vowels = bytes.count { [0x61, 0x65, 0x69, 0x6f, 0x75].contains($0) }
            if vowels * 4 < letters || digits * 12 > letters { return (.promptInjection, String(token.word.prefix(16)) + "…") }
        }
        return nil
    }
}
