/// Patterns of names: `*` stands for any characters, none included; upper and lower case do not matter.
package enum NamePattern {
    package static func matches(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(text.lowercased().utf8), Array(pattern.lowercased().utf8))
        var (at, here) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while here < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, here)
                at += 1
            } else if at < pattern.count, pattern[at] == text[here] {
                at += 1
                here += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                at = last.pattern + 1
                here = last.text + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
