/// The input of `git fast-import` for a batch: one commit per package, in order, answered with their ids in order.
enum ImportStream {
    static func bytes(of commits: [StagedCommit], onto head: ObjectID?, ref: String, time: CommitTime) -> [UInt8] {
        var stream: [UInt8] = []
        stream.reserveCapacity(commits.reduce(256) { $0 + 1_024 + ($1.files?.reduce(0) { $0 + $1.content.utf8.count + 200 } ?? 0) })
        func add(_ text: String) { stream.append(contentsOf: text.utf8) }
        func data(_ text: String) {
            add("data \(text.utf8.count)\n")
            add(text)
            add("\n")
        }
        // Without the closing `done` nothing is imported: a stream cut short by a crash leaves no trace.
        add("feature done\n")
        for (position, commit) in commits.enumerated() {
            add("commit \(ref)\nmark :\(position + 1)\ncommitter Nephoran <nephoran@localhost> \(time.seconds) +0000\n")
            data(commit.message)
            if position == 0, let head { add("from \(head)\n") }
            add("D \(commit.path)\n")
            for file in commit.files ?? [] {
                add("M 100644 inline \(commit.path)/\(file.path)\n")
                data(file.content)
            }
            add("\n")
        }
        for position in commits.indices { add("get-mark :\(position + 1)\n") }
        add("done\n")
        return stream
    }
}
