import ArgumentParser
import Foundation

struct KnowledgeMigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Move all documents between the embedded store and Weaviate.",
        discussion: """
            rag-api must know Weaviate (WEAVIATE_URL), whichever of the two VECTOR_STORE chooses. Both go on serving. What is there already as it is is left \
            alone, so a migration that was interrupted is simply made again. In the end every document is compared by its hash and its passages; ends with \
            status 3 when the two differ.
            """
    )

    enum Target: String, ExpressibleByArgument, CaseIterable { case weaviate, sqlite }

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "weaviate or sqlite.") var to: Target
    @Option(help: "Documents of a step.") var page: Int = 100
    @Flag(help: "Compare only; move nothing.") var verify = false

    func validate() throws {
        guard (1...500).contains(self.page) else { throw ValidationError("--page takes 1…500.") }
    }

    private struct Order: Encodable {
        var to: String
        var after: String?
        var limit: Int?
    }

    private struct Page: Decodable {
        var documents: Int
        var unchanged: Int
        var chunks: Int
        var next: String?
        var total: Int
    }

    struct Comparison: Codable {
        var sourceDocuments: Int
        var targetDocuments: Int
        var sourceChunks: Int
        var targetChunks: Int
        var sourceVersion: String
        var targetVersion: String
        var missing: Int
        var different: Int
        var extra: Int
        var examples: [String]
        var isAlike: Bool
    }

    func run() async throws {
        let client = try self.knowledge.client(self.connection)
        let terminal = Terminal.standardOutput
        let isText = self.connection.output == .text
        var moved = 0
        if !self.verify {
            let progress = ProgressLine(isShown: isText)
            var (done, chunks) = (0, 0)
            var last: String?
            repeat {
                let order = Order(to: self.to.rawValue, after: last, limit: self.page)
                let page = try GatewayClient.decode(Page.self, try await Self.send(order, "/admin/knowledge/migrate", client))
                done += page.documents
                chunks += page.chunks
                moved += page.documents - page.unchanged
                last = page.next
                progress.show(KnowledgeProgress.bar(done, of: page.total) + "  \(done) of \(page.total) documents, \(chunks) passages, \(moved) moved")
            } while last != nil
            progress.clear()
        }
        let body = try await Self.send(Order(to: self.to.rawValue), "/admin/knowledge/migrate/verify", client)
        let comparison = try GatewayClient.decode(Comparison.self, body)
        if isText {
            if !self.verify { terminal.print("\(moved) documents moved to \(self.to.rawValue)") }
            for line in Self.lines(comparison) { terminal.print(line) }
        } else {
            terminal.print(JSONText.pretty(body))
        }
        if !comparison.isAlike { throw CommandFailure(.refused) }
    }

    static func lines(_ comparison: Comparison) -> [String] {
        if comparison.isAlike {
            return ["alike: \(comparison.targetDocuments) documents, \(comparison.targetChunks) passages, hash \(comparison.targetVersion) on both sides"]
        }
        return [
            "they differ: \(comparison.missing) documents are missing, \(comparison.different) are not the same, \(comparison.extra) are only in the target",
            "for example: " + comparison.examples.joined(separator: ", "),
        ]
    }

    /// A server that is away for a moment is waited for: a step may be made again.
    private static func send(_ order: Order, _ path: String, _ client: GatewayClient) async throws -> [UInt8] {
        let body = Array(try JSONText.encode(order))
        let end = ContinuousClock.now + .seconds(60)
        var pause: Duration = .milliseconds(200)
        while true {
            do throws(CommandFailure) {
                return try await client.call("POST", path, body: body, timeout: .seconds(600)).body
            } catch {
                guard error.status == .unreachable, ContinuousClock.now + pause < end else { throw error }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
    }
}
