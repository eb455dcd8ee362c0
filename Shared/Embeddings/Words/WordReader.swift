import Foundation

/// Cuts a text into the words and signs that BERT's uncased models were trained on: lower case, without accents, every sign and every Chinese
/// character a word of its own.
struct WordReader {
    /// Whoever needs no more words answers false.
    typealias Take = (UnsafeBufferPointer<UInt8>) -> Bool

    private var word: [UInt8] = []

    /// Characters after which a word is none that a model knows.
    static let longestWord = 100

    mutating func read(_ text: String, _ take: Take) {
        var text = text
        let isPlain = text.withUTF8 { bytes in bytes.allSatisfy { $0 < 0x80 } }
        self.word.removeAll(keepingCapacity: true)
        let goesOn = isPlain ? text.withUTF8 { self.plain($0, take) } : self.any(text, take)
        if goesOn { _ = self.flush(take) }
    }

    private mutating func plain(_ bytes: UnsafeBufferPointer<UInt8>, _ take: Take) -> Bool {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): self.word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): self.word.append(byte | 0x20)
            case 0x20, 0x09, 0x0a, 0x0d: guard self.flush(take) else { return false }
            case 0x21...0x7e: guard self.sign([byte], take) else { return false }
            // The others are controls, and of those the line's are spaces to Unicode but removed here, as they are there.
            default: break
            }
        }
        return true
    }

    private mutating func any(_ text: String, _ take: Take) -> Bool {
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == " " {
                guard self.flush(take) else { return false }
                continue
            }
            let category = scalar.properties.generalCategory
            switch category {
            case .control, .format, .surrogate, .privateUse, .unassigned, .nonspacingMark: continue
            default: break
            }
            if scalar == "\u{fffd}" { continue }
            if scalar.properties.isWhitespace {
                guard self.flush(take) else { return false }
            } else if scalar.isASCII ? category.isSign || category.isSymbol : category.isSign {
                guard self.sign(Array(UTF8.encode(scalar) ?? .init()), take) else { return false }
            } else if scalar.isChinese {
                guard self.sign(Array(UTF8.encode(scalar) ?? .init()), take) else { return false }
            } else if scalar.isASCII {
                self.word.append(UInt8(truncatingIfNeeded: scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value))
            } else {
                self.word.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            }
        }
        return true
    }

    private mutating func sign(_ bytes: [UInt8], _ take: Take) -> Bool { self.flush(take) && bytes.withUnsafeBufferPointer(take) }

    private mutating func flush(_ take: Take) -> Bool {
        guard !self.word.isEmpty else { return true }
        defer { self.word.removeAll(keepingCapacity: true) }
        return self.word.withUnsafeBufferPointer(take)
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isSign: Bool {
        switch self {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation: true
        default: false
        }
    }

    /// Of ASCII, these are signs as well: `$ + < = > ^ | ~` and the grave accent.
    fileprivate var isSymbol: Bool {
        switch self {
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// The blocks of CJK ideographs; kana and hangul are written in words.
    fileprivate var isChinese: Bool {
        switch self.value {
        case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x20000...0x2a6df, 0x2a700...0x2b73f, 0x2b740...0x2b81f, 0x2b820...0x2ceaf, 0xf900...0xfaff, 0x2f800...0x2fa1f:
            true
        default: false
        }
    }
}
