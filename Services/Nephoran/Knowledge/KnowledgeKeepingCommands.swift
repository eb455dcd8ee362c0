import ArgumentParser
import Foundation

struct KnowledgeBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the knowledge base to a file while it serves.",
        discussion: "The file is written by rag-api on its machine. It appears when it is whole and was found sound."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @Argument(help: "The file to write.", completion: .file()) var file: String

    func run() async throws {
        let answer = try await KnowledgeOrder(path: self.file).send("backup", self.knowledge.client(self.connection))
        Terminal.standardOutput.print(self.connection.output == .json ? JSONText.pretty(answer) : "backed up to \(KnowledgeOrder.absolute(self.file))")
    }
}

struct KnowledgeRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Replace the knowledge base by a backup while it serves.",
        discussion: "The backup is checked first; what is in the knowledge base now is gone afterwards."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @Argument(help: "The file that `backup` wrote, on the machine of rag-api.", completion: .file()) var file: String

    func run() async throws {
        let answer = try await KnowledgeOrder(path: self.file).send("restore", self.knowledge.client(self.connection))
        Terminal.standardOutput.print(self.connection.output == .json ? JSONText.pretty(answer) : "restored from \(KnowledgeOrder.absolute(self.file))")
    }
}

struct KnowledgeVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Look through the whole knowledge base for damage.", discussion: "Ends with status 3 when something is wrong."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var knowledge: KnowledgeOptions

    private struct Verification: Decodable {
        var documents: Int
        var chunks: Int
        var version: String
        var findings: [String]
    }

    func run() async throws {
        let client = try self.knowledge.client(self.connection)
        let body = try await client.call("POST", "/admin/knowledge/verify", body: [], timeout: .seconds(600)).body
        let verification = try GatewayClient.decode(Verification.self, body)
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(body))
        } else {
            for finding in verification.findings { terminal.print("\(terminal.styled("wrong", .red)) \(finding)") }
            let verdict = verification.findings.isEmpty ? "sound" : "damaged"
            terminal.print("\(verdict): \(verification.documents) documents, \(verification.chunks) passages, version \(verification.version)")
        }
        if !verification.findings.isEmpty { throw CommandFailure(.refused) }
    }
}

/// What rag-api is told to do with a file.
struct KnowledgeOrder: Encodable {
    let path: String

    init(path: String) { self.path = Self.absolute(path) }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : (FileManager.default.currentDirectoryPath as NSString).appendingPathComponent(path)
    }

    func send(_ order: String, _ client: GatewayClient) async throws -> [UInt8] {
        try await client.call("POST", "/admin/knowledge/\(order)", body: Array(JSONText.encode(self)), timeout: .seconds(600)).body
    }
}
