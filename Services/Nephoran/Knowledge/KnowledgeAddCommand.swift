import ArgumentParser
import Foundation

struct KnowledgeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add Markdown, text, HTML, PDF and NDJSON files; directories are searched.",
        discussion: """
            A file that was added before replaces its former content: its id is its path. Each line of an .ndjson or .jsonl file is a document of its own \
            ({"id", "title"?, "text", "source"?, "metadata"?, "access"?}). What is there already as it is costs little, so an addition that was \
            interrupted is simply made again. Ends with status 3 when something was rejected; the rest is in.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @Argument(help: "Files and directories.", completion: .file()) var paths: [String]

    func run() async throws {
        let files = try KnowledgeFile.search(self.paths)
        let terminal = Terminal.standardOutput
        let progress = ProgressLine(isShown: self.connection.output == .text)
        let bar = KnowledgeProgress(totalBytes: files.reduce(0) { $0 + KnowledgeProgress.size(of: $1) })
        var sender = KnowledgeSender(client: try self.knowledge.client(self.connection))
        var batch = KnowledgeBatch()

        func send() async throws {
            guard !batch.isEmpty || batch.sourceBytes > 0 else { return }
            if !batch.isEmpty { try await sender.send(batch) }
            batch = KnowledgeBatch()
            progress.show(bar.text(doneBytes: sender.doneBytes, sender.outcome))
        }
        for path in files {
            if KnowledgeFile.lines.contains(KnowledgeFile.kind(of: path)) {
                guard var lines = LineFile(path) else {
                    sender.reject(path, "cannot be read")
                    continue
                }
                while let line = lines.next() {
                    batch.add(line: line.bytes, place: "\(path):\(line.number)")
                    batch.count(sourceBytes: line.bytes.count + 1)
                    if batch.isFull { try await send() }
                }
            } else {
                do throws(CommandFailure) {
                    batch.add(try await KnowledgeFile.read(path), path: path)
                } catch {
                    sender.reject(path, error.message)
                }
                batch.count(sourceBytes: KnowledgeProgress.size(of: path))
            }
            if batch.isFull { try await send() }
        }
        try await send()
        try await sender.finish()
        progress.clear()
        let outcome = sender.outcome
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(Array(try JSONText.encode(outcome))))
        } else {
            for (path, reason) in outcome.rejected.sorted(by: { $0.key < $1.key }) { terminal.print("\(terminal.styled("rejected", .red)) \(path): \(reason)") }
            let unchanged = outcome.unchanged > 0 ? " (\(outcome.unchanged) there already)" : ""
            terminal.print("\(outcome.accepted) documents\(unchanged), \(outcome.chunks) passages")
        }
        if !outcome.rejected.isEmpty { throw CommandFailure(.refused) }
    }
}
