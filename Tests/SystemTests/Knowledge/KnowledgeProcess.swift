import Foundation
import HTTPFetch
import TestSupport

/// A rag-api on its own, with a store of its own.
final class KnowledgeProcess: Sendable {
    struct NotReady: Error {}

    let process: ServiceProcess
    let caller: Gateway
    private let directory: TemporaryDirectory

    /// - Parameter store: where its file is; in a directory of its own unless it is named.
    static func start(store: String? = nil, environment: [String: String] = [:]) async throws -> KnowledgeProcess {
        let knowledge = try KnowledgeProcess(store: store, environment: environment)
        try await knowledge.untilReady()
        return knowledge
    }

    private init(store: String?, environment: [String: String]) throws {
        self.directory = try TemporaryDirectory()
        let port = try FreePort.next()
        self.caller = Gateway(http: HTTPFetcher(), address: "http://127.0.0.1:\(port)", key: nil)
        let settings = [
            "HOST": "127.0.0.1", "PORT": "\(port)", "AUTH_TOKEN": Installation.token,
            "EMBEDDING_PROVIDER": "off", "KNOWLEDGE_STORE": store ?? self.directory.file("knowledge.sqlite"),
        ]
        self.process = try ServiceProcess(
            "rag-api", executable: try Executables.path(of: .knowledge), environment: settings.merging(environment) { $1 },
            log: self.directory.file("rag-api.log"))
    }

    func untilReady() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if await (try? self.caller.call("GET", "/readyz", timeout: .seconds(2)))?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotReady()
    }

    func restart() async throws {
        try self.process.restart()
        try await self.untilReady()
    }

    /// The status, and the ids that were acknowledged with it.
    func ingest(_ documents: [(id: String, text: String)]) async throws -> Reply {
        let lines = try documents.map { document in
            String(decoding: try JSONEncoder().encode(["id": document.id, "text": document.text]), as: UTF8.self)
        }
        return try await self.caller.call(
            "POST", "/v1/documents", body: Array(lines.joined(separator: "\n").utf8), headers: [("content-type", "application/x-ndjson")])
    }

    func found(_ query: String, limit: Int = 10) async throws -> [String] {
        struct Answer: Decodable {
            struct Result: Decodable { var documentId: String }
            var results: [Result]
        }
        let body = try JSONEncoder().encode(["query": query])
        let reply = try await self.caller.call(
            "POST", "/v1/search", body: Array(body), headers: [("content-type", "application/json"), ("cache-control", "no-cache")])
        return try JSONDecoder().decode(Answer.self, from: Data(reply.body)).results.map(\.documentId)
    }

    func stop() { self.process.stop() }
}
