/// A word of a text as it is indexed.
package struct TermOccurrence {
    /// Names the term: 64 bits of its normal form.
    package let term: UInt64
    /// Bytes of the text it was made of.
    package let range: Range<Int>
    /// A second name of words that are occurrences of their own ("nearrt" beside "near" and "rt"): found, but not part of the length.
    package let isCompound: Bool
}

/// Names terms by 64 bits, of which an index keeps the upper 56: of half a million, two collide with a probability of 2 · 10⁻⁶.
package enum TermHash {
    /// FNV-1a with a finaliser, because the bits are searched as if they were evenly spread.
    package static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return self.finish(hash)
    }

    /// Of an attribute, which is in a space of its own: no word is `field` NUL `value`.
    package static func of(attribute field: String, value: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for text in [field, value] {
            hash = hash &* 0x0000_0100_0000_01b3
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return self.finish(hash)
    }

    private static func finish(_ value: UInt64) -> UInt64 {
        var hash = value
        hash ^= hash >> 32
        hash = hash &* 0xd6e8_feb8_6659_fd93
        hash ^= hash >> 32
        hash = hash &* 0xd6e8_feb8_6659_fd93
        return hash ^ (hash >> 32)
    }
}
