import JSONSchema
import Synchronization

/// The knowledge base on a Weaviate server, which several replicas share.
///
/// A document is one object with its whole text and one object a passage. It is marked as changing before its passages are, and gets its hash when
/// all of them are there and those of its former content are gone: what was broken off is seen as not held, and made anew by the same ingest.
final class WeaviateStore: KnowledgeBackend {
    /// Of a server with its default `QUERY_MAXIMUM_RESULTS`.
    static let mostResults = 10_000
    /// Ids in one filter.
    static let idsAtOnce = 100

    let client: WeaviateClient
    /// ``TextEmbedder/name`` of the model in use.
    let model: String?
    private let schema: WeaviateSchema
    private let known = Mutex(Known())

    private struct Known {
        var version = KnowledgeVersion()
        var size = KnowledgeSize()
        var isPrepared = false
    }

    init(_ client: WeaviateClient, schema: WeaviateSchema, model: String?) {
        self.client = client
        self.schema = schema
        self.model = model
    }

    var name: String { "weaviate" }
    /// As this replica saw it last: see ``refresh()``.
    var version: KnowledgeVersion { self.known.withLock { $0.version } }
    var size: KnowledgeSize { self.known.withLock { $0.size } }

    func check() async throws { _ = try await self.client.send("GET", ".well-known/ready") }

    func close() async throws {}

    /// Creates the classes that are missing, once.
    func prepare() async throws {
        if self.known.withLock({ $0.isPrepared }) { return }
        try await self.check()
        try await self.schema.apply(self.client)
        self.known.withLock { $0.isPrepared = true }
        try await self.refresh()
    }

    /// Looks whether another replica changed something: the version is what each change sets anew.
    func refresh() async throws {
        let state = try await self.client.send("GET", "objects/\(WeaviateObject.className)/\(WeaviateObject.stateID)", missing: true)
        let bytes = state?["properties"]?["hash"]?.string.flatMap { [UInt8](hex: $0) }
        let version = bytes.flatMap { KnowledgeVersion(bytes: $0) } ?? KnowledgeVersion()
        guard version != self.version || version == KnowledgeVersion() || self.size.embedded < self.size.chunks else { return }
        let size = KnowledgeSize(
            documents: try await self.count(.equal("kind", WeaviateObject.document)), chunks: try await self.count(.equal("kind", WeaviateObject.passage)),
            embedded: try await self.countEmbedded())
        self.known.withLock { known in
            known.version = version
            known.size = size
        }
    }

    /// After a change: another version, for all replicas.
    private func touch() async throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try await self.write([WeaviateObject.object(WeaviateObject.stateID, ["kind": .string(WeaviateObject.state), "hash": .string(bytes.hex)])])
        try await self.refresh()
    }

    func count(_ filter: WeaviateFilter) async throws -> Int {
        let rows = try await self.client.query(GraphQLQuery("Aggregate", WeaviateObject.className, [filter.argument], fields: "meta{count}"))
        return rows.first?["meta"]?["count"]?.integer ?? 0
    }

    private func countEmbedded() async throws -> Int {
        guard let model else { return 0 }
        return try await self.count(.all([.equal("kind", WeaviateObject.passage), .equal("model", model)]))
    }

    // MARK: Writing

    func put(_ documents: [PreparedDocument]) async throws {
        guard !documents.isEmpty else { return }
        // A server makes classes of its own for objects of a class that is not there.
        try await self.prepare()
        try await self.write(documents.map { WeaviateObject.of($0, hash: WeaviateObject.changing) })
        try await self.write(documents.flatMap { document in document.chunks.indices.map { WeaviateObject.of(document, passage: $0) } })
        for document in documents {
            try await self.remove(
                .all([
                    .equal("kind", WeaviateObject.passage), .equal("documentId", document.document.id), .text("hash", is: "NotEqual", document.hash.hex),
                ]))
        }
        try await self.write(documents.map { WeaviateObject.of($0, hash: $0.hash.hex) })
        try await self.touch()
    }

    func delete(_ ids: [String]) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: ids.count, by: Self.idsAtOnce) {
            let some = Array(ids[start..<min(start + Self.idsAtOnce, ids.count)])
            // Passages first: a document that lost some of them is still there to be deleted again.
            try await self.remove(.all([.equal("kind", WeaviateObject.passage), .anyOf("documentId", some)]))
            count += try await self.remove(.all([.equal("kind", WeaviateObject.document), .anyOf("documentId", some)]))
        }
        if count > 0 { try await self.touch() }
        return count
    }

    func setEmbeddings(_ embeddings: [(passage: UnembeddedPassage.ID, embedding: [Float])], model: String) async throws {
        guard model == self.model else { return }
        for (passage, embedding) in embeddings {
            let id = WeaviateObject.passageID(passage.documentId, passage.hash, passage.ordinal)
            _ = try await self.client.send(
                "PATCH", "objects/\(WeaviateObject.className)/\(id)",
                WeaviateObject.object(id, ["model": .string(model)], vector: embedding), missing: true)
        }
        try await self.touch()
    }

    /// All or an error: objects that were not taken are sent once more first.
    private func write(_ objects: [JSONValue]) async throws {
        for batch in WeaviateBatch.of(objects) {
            let failed = try await self.send(batch)
            guard !failed.isEmpty else { continue }
            let again = try await self.send(failed.map(\.object))
            if let first = again.first { throw WeaviateFault.partly(failed: again.count, of: batch.count, first.reason) }
        }
    }

    /// What was not taken, and why.
    private func send(_ objects: [JSONValue]) async throws -> [(object: JSONValue, reason: String)] {
        guard let answer = try await self.client.send("POST", "batch/objects", ["objects": .array(objects)])?.array, answer.count == objects.count else {
            throw WeaviateFault.malformed("another number of objects than were sent")
        }
        return zip(objects, answer).compactMap { object, result in
            guard result["result"]?["status"]?.string == "FAILED" || result["result"]?["errors"]?.object != nil else { return nil }
            return (object, result["result"]?["errors"]?["error"]?[0]?["message"]?.string ?? "without a reason")
        }
    }

    /// - Returns: how many there were.
    @discardableResult
    private func remove(_ filter: WeaviateFilter) async throws -> Int {
        var count = 0
        while true {
            let body: JSONValue = ["match": ["class": .string(WeaviateObject.className), "where": filter.json], "output": "minimal"]
            guard let results = try await self.client.send("DELETE", "batch/objects", body)?["results"], let successful = results["successful"]?.integer else {
                throw WeaviateFault.malformed("no results of a deletion")
            }
            let failed = results["failed"]?.integer ?? 0
            if failed > 0 {
                let reason = results["objects"]?[0]?["errors"]?["error"]?[0]?["message"]?.string ?? "without a reason"
                throw WeaviateFault.partly(failed: failed, of: failed + successful, reason)
            }
            count += successful
            // A deletion is limited; what is left matches again.
            guard successful > 0, results["matches"]?.integer ?? 0 >= results["limit"]?.integer ?? Self.mostResults else { return count }
        }
    }
}

/// Objects that are sent together.
enum WeaviateBatch {
    private static let objects = 100
    private static let bytes = 4 << 20

    static func of(_ objects: [JSONValue]) -> [[JSONValue]] {
        var batches: [[JSONValue]] = []
        var batch: [JSONValue] = []
        var bytes = 0
        for object in objects {
            let properties = object["properties"]
            let size = [properties?["text"], properties?["document"], properties?["metadata"]].reduce(1024 + 16 * (object["vector"]?.array?.count ?? 0)) {
                $0 + ($1?.string?.utf8.count ?? 0)
            }
            if !batch.isEmpty, batch.count >= self.objects || bytes + size > self.bytes {
                batches.append(batch)
                (batch, bytes) = ([], 0)
            }
            batch.append(object)
            bytes += size
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }
}
