import ArgumentParser
import Foundation

struct KnowledgeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add Markdown, text and HTML files; directories are searched.",
        discussion: "A file that was added before replaces its former content: its id is its path. Ends with status 3 when a file was rejected."
    )

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Address of rag-api; else RAG_API_URL, else two ports above the gateway.") var knowledgeServer: String?
    @Argument(help: "Files and directories.", completion: .file()) var paths: [String]

    private struct Answer: Decodable {
        struct Rejection: Decodable {
            var position: Int
            var reason: String
        }
        var accepted: Int
        var chunks: Int
        var rejected: [Rejection]
    }

    private struct Outcome: Encodable {
        var accepted = 0
        var chunks = 0
        var rejected: [String: String] = [:]
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let gateway = try self.connection.client(environment)
        let client = gateway.at(
            try SiblingAddress.of(
                "rag-api", self.knowledgeServer ?? environment["RAG_API_URL"], portsAbove: 2, option: "--knowledge-server", gateway: gateway.base))
        let files = try KnowledgeFile.search(self.paths)
        let terminal = Terminal.standardOutput
        let progress = ProgressLine(isShown: self.connection.output == .text)
        var outcome = Outcome()
        var batch = KnowledgeBatch()

        func send() async throws {
            guard !batch.isEmpty else { return }
            let answer = try GatewayClient.decode(
                Answer.self,
                try await client.call("POST", "/v1/documents", headers: [("content-type", "application/x-ndjson")], body: batch.body, timeout: .seconds(120))
                    .body
            )
            outcome.accepted += answer.accepted
            outcome.chunks += answer.chunks
            for rejection in answer.rejected { outcome.rejected[batch.path(at: rejection.position)] = rejection.reason }
            progress.show("\(outcome.accepted) documents, \(outcome.chunks) passages")
            batch = KnowledgeBatch()
        }
        for path in files {
            do throws(CommandFailure) {
                batch.add(try KnowledgeFile(path: path), path: path)
            } catch {
                outcome.rejected[path] = error.message
            }
            if batch.isFull { try await send() }
        }
        try await send()
        progress.clear()
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(Array(try JSONText.encode(outcome))))
        } else {
            for (path, reason) in outcome.rejected.sorted(by: { $0.key < $1.key }) { terminal.print("\(terminal.styled("rejected", .red)) \(path): \(reason)") }
            terminal.print("\(outcome.accepted) documents, \(outcome.chunks) passages")
        }
        if !outcome.rejected.isEmpty { throw CommandFailure(.refused) }
    }
}
