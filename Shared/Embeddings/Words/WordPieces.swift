/// Turns texts into the numbers of their pieces.
struct WordPieces {
    let vocabulary: WordVocabulary
    /// Of one text, start and end included.
    let limit: Int
    private var reader = WordReader()
    private var hashes: [UInt64] = []

    init(_ vocabulary: WordVocabulary, limit: Int) {
        self.vocabulary = vocabulary
        self.limit = max(2, limit)
    }

    /// Appends the pieces of a text between its start and its end, `limit` at most, and returns how many.
    mutating func append(_ text: String, to numbers: inout [Int32]) -> Int {
        let first = numbers.count, most = first + self.limit - 1
        numbers.append(self.vocabulary.start)
        var hashes = self.hashes
        let vocabulary = self.vocabulary
        self.reader.read(text) { word in
            if word.isLongerThanAnyWord {
                numbers.append(vocabulary.unknown)
            } else {
                vocabulary.append(word, to: &numbers, &hashes)
            }
            return numbers.count < most
        }
        self.hashes = hashes
        if numbers.count > most { numbers.removeSubrange(most...) }
        numbers.append(self.vocabulary.end)
        return numbers.count - first
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var isLongerThanAnyWord: Bool {
        // Characters are the bytes that do not go on with one.
        self.count > WordReader.longestWord && self.count(where: { $0 & 0xc0 != 0x80 }) > WordReader.longestWord
    }
}
