/// Compatibility folding of single characters: what Unicode NFKC, case folding and the confusables list do for the
/// characters that occur in operators' sentences and in attempts to disguise them.
enum ScalarFolding {
    struct Folded {
        /// 0: nothing is left (invisible), else the folded character.
        var scalar: UInt32
        /// A letter of another script that looks like a Latin one.
        var lookalike = false
    }

    static func fold(_ value: UInt32) -> Folded {
        if value < 0x80 {
            return Folded(scalar: value >= 0x41 && value <= 0x5a ? value + 32 : value)
        }
        switch value {
        case 0xff01...0xff5e: return self.fold(value - 0xfee0)
        case 0x2018, 0x2019, 0x201b, 0x2032, 0x60, 0xb4: return Folded(scalar: 0x27)
        case 0x201c, 0x201d, 0x201e, 0x2033, 0xab, 0xbb: return Folded(scalar: 0x22)
        case 0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xfe58, 0xfe63: return Folded(scalar: 0x2d)
        case 0x2014, 0x2015, 0x2022, 0x2023, 0x25cf, 0xb7: return Folded(scalar: 0x2014)
        case 0xa0, 0xa1, 0xbf, 0x2000...0x200a, 0x202f, 0x205f, 0x3000, 0x1680: return Folded(scalar: 0x20)
        case 0x2028, 0x2029, 0x85: return Folded(scalar: 0x0a)
        case 0xad, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x2064, 0x2066...0x206f, 0xfeff, 0xfe00...0xfe0f, 0xe0000...0xe01ef, 0x180e, 0x034f,
            0x0300...0x034e, 0x0350...0x036f:
            return Folded(scalar: 0)
        case 0xb2: return Folded(scalar: 0x32)
        case 0xb3: return Folded(scalar: 0x33)
        case 0xb5, 0x3bc: return Folded(scalar: 0x75)
        case 0x3001, 0xff0c: return Folded(scalar: 0x2c)
        case 0x3002, 0xff61: return Folded(scalar: 0x0a)
        case 0x300c...0x300f: return Folded(scalar: 0x22)
        case 0xc0...0xc5, 0xe0...0xe5: return Folded(scalar: 0x61)
        case 0xc7, 0xe7: return Folded(scalar: 0x63)
        case 0xc8...0xcb, 0xe8...0xeb: return Folded(scalar: 0x65)
        case 0xcc...0xcf, 0xec...0xef: return Folded(scalar: 0x69)
        case 0xd1, 0xf1: return Folded(scalar: 0x6e)
        case 0xd2...0xd6, 0xf2...0xf6: return Folded(scalar: 0x6f)
        case 0xd9...0xdc, 0xf9...0xfc: return Folded(scalar: 0x75)
        case 0x1d400...0x1d6a3:
            return Folded(scalar: 0x61 + (value - 0x1d400) % 26, lookalike: true)
        case 0x1d7ce...0x1d7ff: return Folded(scalar: 0x30 + (value - 0x1d7ce) % 10, lookalike: true)
        case 0x24b6...0x24cf: return Folded(scalar: 0x61 + value - 0x24b6, lookalike: true)
        case 0x24d0...0x24e9: return Folded(scalar: 0x61 + value - 0x24d0, lookalike: true)
        default:
            if Pictograph.isDecoration(value) { return Folded(scalar: 0x20) }
            if let latin = self.lookalikes[value] { return Folded(scalar: latin, lookalike: true) }
            return Folded(scalar: value)
        }
    }

    /// Cyrillic and Greek letters drawn like Latin ones.
    private static let lookalikes: [UInt32: UInt32] = {
        let pairs: [(String, String)] = [
            ("АВЕКМНОРСТХІЈЅУ", "abekmhopctxijsy"), ("авекмнорстхіјѕу", "abekmhopctxijsy"),
            ("ԁԛԝһӏ", "dqwhl"), ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"), ("ονρικ", "ovpik"),
        ]
        var table: [UInt32: UInt32] = [:]
        for (foreign, latin) in pairs {
            for (a, b) in zip(foreign.unicodeScalars, latin.unicodeScalars) { table[a.value] = b.value }
        }
        return table
    }()
}
