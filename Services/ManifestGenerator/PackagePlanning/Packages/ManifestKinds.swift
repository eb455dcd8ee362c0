/// The kinds of the objects in a manifest, seen by its lines alone: what is not looked for need not be read as YAML.
enum ManifestKinds {
    /// Nil unless every document has exactly one `kind:` that begins a line and whose value is a plain word: block style, as everybody writes
    /// manifests. Below the top level everything is indented.
    static func atSight(in text: String) -> Set<String>? {
        var text = text
        return text.withUTF8 { bytes -> Set<String>? in
            var kinds: Set<String> = []
            var hasKind = false
            var hasContent = false
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
                start = end + 1
                switch line.first {
                // A document may be indented as a whole.
                case UInt8(ascii: " ") where !hasContent:
                    guard [nil, UInt8(ascii: "#"), UInt8(ascii: "\r")].contains(line.first { $0 != UInt8(ascii: " ") }) else { return nil }
                case UInt8(ascii: " "), UInt8(ascii: "#"), UInt8(ascii: "\r"), nil: continue
                case UInt8(ascii: "-") where line.starts(with: "---".utf8):
                    if hasContent, !hasKind { return nil }
                    // Something may follow on the same line.
                    guard line.dropFirst(3).allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) else { return nil }
                    (hasKind, hasContent) = (false, false)
                case UInt8(ascii: "k") where line.starts(with: "kind:".utf8):
                    guard !hasKind, let kind = self.word(line.dropFirst(5)) else { return nil }
                    kinds.insert(kind)
                    (hasKind, hasContent) = (true, true)
                case .some(UInt8(ascii: "a")...UInt8(ascii: "z")), .some(UInt8(ascii: "A")...UInt8(ascii: "Z")): hasContent = true
                // Flow style, quoted keys, directives, tabs …
                default: return nil
                }
            }
            return hasContent && !hasKind ? nil : kinds
        }
    }

    private static func word(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        let trimmed = value.drop { $0 == UInt8(ascii: " ") }
        let word = trimmed.prefix { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard !word.isEmpty, trimmed.dropFirst(word.count).allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
        else { return nil }
        return String(decoding: word, as: UTF8.self)
    }
}
