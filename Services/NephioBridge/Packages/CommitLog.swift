import GitObjects
import IntentModel

/// A commit as `git log` told it.
struct LoggedCommit: Sendable {
    var id: ObjectID
    var time: CommitTime
    /// Nil unless all trailers are there and well-formed.
    var publication: Publication?
    /// Packages with a changed file, if names were asked for.
    var touched: [PackagePath]
}

enum CommitLog {
    /// Arguments of `git log` that give what ``commits(_:)`` reads.
    static let format: [String] = {
        let trailers = CommitMessage.Trailer.allCases.map { "%(trailers:key=\($0.rawValue),valueonly=true,unfold=true,separator=%x20)" }
        return ["--no-color", "--no-show-signature", "--format=%x02%H %ct%n" + trailers.joined(separator: "%n")]
    }()

    /// Names of changed files. A merge counts as one change of its first parent: what the branch saw.
    static let names = ["--first-parent", "-m", "--no-renames", "--name-only"]

    static func commits(_ output: [UInt8]) -> [LoggedCommit] {
        output.split(separator: 2).compactMap { block in
            let lines = block.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            let head = lines[0].split(separator: " ")
            guard head.count == 2, let id = ObjectID(head[0]), let seconds = Int64(head[1]) else { return nil }
            let time = CommitTime(seconds: seconds)
            let trailers = CommitMessage.Trailer.allCases.count
            var touched: [PackagePath] = []
            for line in lines.dropFirst(1 + trailers) {
                // Names with unusual characters come in quotes; the package's part of them is plain.
                guard let path = PackagePath(containing: line.hasPrefix("\"") ? line.dropFirst() : line[...]), touched.last != path else { continue }
                touched.append(path)
            }
            var publication: Publication?
            if lines.count > trailers, let intent = IntentID(lines[1]), let path = PackagePath(lines[2]), lines[3].hasPrefix("v"),
                let revision = Int(lines[3].dropFirst()), let change = PackageChange.Change(rawValue: lines[4])
            {
                publication = Publication(
                    intentId: intent, path: path, revision: revision, change: change, commit: id, time: time, isReversal: !lines[5].isEmpty)
            }
            return LoggedCommit(id: id, time: time, publication: publication, touched: touched)
        }
    }
}
