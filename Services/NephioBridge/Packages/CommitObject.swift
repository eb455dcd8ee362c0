import IntentModel

/// A commit object's text: headers, an empty line, the message.
enum CommitObject {
    /// Zero when there is no committer line.
    static func time(of content: [UInt8]) -> CommitTime {
        for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty { break }
            guard line.starts(with: "committer ".utf8) else { continue }
            let words = line.split(separator: UInt8(ascii: " ")).suffix(2)
            if let seconds = words.first.flatMap({ Int64(String(decoding: $0, as: UTF8.self)) }) { return CommitTime(seconds: seconds) }
        }
        return CommitTime(seconds: 0)
    }

    /// The intent that published `path` with this commit, or whose publication it undid, from the last paragraph of its message.
    static func intent(of content: [UInt8], publishing path: PackagePath) -> IntentID? {
        let text = String(decoding: content, as: UTF8.self).trimmed
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).reversed().prefix { !$0.isEmpty }
        func trailer(_ trailer: CommitMessage.Trailer) -> Substring? {
            lines.first { $0.hasPrefix(trailer.rawValue + ": ") }?.dropFirst(trailer.rawValue.count + 2)
        }
        guard trailer(.instance) == path.description[...] else { return nil }
        return (trailer(.intent) ?? trailer(.reverts)).flatMap { IntentID($0) }
    }
}
