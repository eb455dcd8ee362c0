/// How many tokens a sentence model makes of a text, about: exact counts would tie the cut to one model.
///
/// A word is one token for each nine letters it begins, digits are one for three, a sign and a character of a script without spaces are one.
enum TokenEstimate {
    static func count(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        var tokens = 0
        var letters = 0
        var digits = 0
        for index in range {
            let byte = bytes[index]
            if byte &- 0x61 < 26 || byte &- 0x41 < 26 {
                digits = 0
                if letters % 9 == 0 { tokens += 1 }
                letters += 1
            } else if byte &- 0x30 < 10 {
                letters = 0
                if digits % 3 == 0 { tokens += 1 }
                digits += 1
            } else if byte >= 0x80 {
                // Counted at its first byte; of two bytes are letters with accents, of three and more the scripts without spaces.
                if byte >= 0xe0 {
                    tokens += 1
                } else if byte >= 0xc0 {
                    digits = 0
                    if letters % 9 == 0 { tokens += 1 }
                    letters += 1
                }
            } else {
                letters = 0
                digits = 0
                if byte > 0x20, byte != 0x7f { tokens += 1 }
            }
        }
        return tokens
    }
}
