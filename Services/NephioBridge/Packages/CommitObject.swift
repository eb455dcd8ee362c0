import GitObjects
import IntentModel

/// A commit object's text: headers, an empty line, the message.
enum CommitObject {
    /// The root directory; nil when there is no tree line.
    static func tree(of content: [UInt8]) -> ObjectID? { content.starts(with: "tree ".utf8) ? ObjectID(hex: content.dropFirst(5).prefix(40)) : nil }

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
        let trailers = self.trailers(of: content)
        guard trailers[.instance] == path.description else { return nil }
        return trailers[.intent].flatMap { IntentID($0) }
    }

    /// What the commit published; nil unless all trailers are there and well-formed.
    static func publication(of object: GitObject) -> Publication? {
        let trailers = self.trailers(of: object.content)
        guard let intent = trailers[.intent].flatMap({ IntentID($0) }), let path = trailers[.instance].flatMap({ PackagePath($0) }),
            let revision = trailers[.revision], revision.hasPrefix("v"), let number = Int(revision.dropFirst()),
            let change = trailers[.change].flatMap({ PackageChange.Change(rawValue: $0) })
        else { return nil }
        return Publication(
            intentId: intent, path: path, revision: number, change: change, commit: object.id, time: self.time(of: object.content),
            isReversal: trailers[.reverts] != nil)
    }

    /// The trailers in the last paragraph of the message.
    private static func trailers(of content: [UInt8]) -> [CommitMessage.Trailer: String] {
        let text = String(decoding: content, as: UTF8.self).trimmed
        var trailers: [CommitMessage.Trailer: String] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).reversed().prefix(while: { !$0.isEmpty }) {
            guard let colon = line.firstIndex(of: ":"), let trailer = CommitMessage.Trailer(rawValue: String(line[..<colon])) else { continue }
            trailers[trailer] = String(line[line.index(after: colon)...]).trimmed
        }
        return trailers
    }
}
