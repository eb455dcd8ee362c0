import Foundation
import Hummingbird
import IntentModel
import ServiceRuntime

/// `/v1/documents`: ingest, show, delete, count. Add at `/v1/documents`.
struct DocumentController: Sendable {
    let backend: any KnowledgeBackend
    let ingestion: Ingestion
    /// Of an ingest that is no NDJSON, which is read as it comes and has no bound.
    var maxBodyBytes = 16 << 20
    /// A document a line.
    private static let lineTypes: Set<String> = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl"]

    /// What reads.
    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self)
            .get("stats", use: self.stats)
            .get("version", use: self.version)
            .get(":id", use: self.show)
    }

    /// What changes.
    var changes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self)
            .post(use: self.ingest)
            .delete(":id", use: self.delete)
    }

    @Sendable func ingest(_ request: Request, context: AppContext) async throws -> Response {
        try JSONBody.checkType(of: request, Self.lineTypes, allowsNone: true)
        if let type = request.headers[.contentType]?.lowercased(), type.contains("ndjson") || type.contains("jsonl") {
            return .json(try await self.ingestLines(request.body, by: Readers(of: context.principal)))
        }
        let bytes = Array(try await request.body.collect(upTo: self.maxBodyBytes).readableBytesView)
        let read = try await blockingWork("knowledge.read") { () -> Result<DocumentFeed, Problem> in
            do throws(Problem) { return .success(try DocumentFeed(bytes)) } catch { return .failure(error) }
        }.get()
        let feed = try await self.permitted(read, to: Readers(of: context.principal))
        if feed.isOne, let refusal = feed.rejected.first {
            throw Problem(status: 403, code: "forbidden", title: "Forbidden", detail: "The document \(refusal.reason).")
        }
        return .json(IngestAnswer(try await self.ingestion.ingest(feed.documents), feed))
    }

    /// As long as it likes: batch by batch, each stored before the next is read.
    private func ingestLines(_ body: RequestBody, by writer: Readers) async throws -> IngestAnswer {
        var batches = LineBatches()
        var feed = DocumentFeed()
        var total = Ingestion.Outcome()
        var isEmpty = true
        func store(_ lines: [UInt8]) async throws {
            isEmpty = false
            let before = feed
            let read = try await blockingWork("knowledge.read") {
                var feed = before
                feed.read(lines: lines)
                return feed
            }
            feed = try await self.permitted(read, to: writer)
            total.add(try await self.ingestion.ingest(feed.take()))
        }
        for try await part in body {
            for batch in batches.append(part.readableBytesView) {
                switch batch {
                case .lines(let lines): try await store(lines)
                case .tooLong:
                    isEmpty = false
                    feed.rejectLine("has more than \(LineBatches.lineBytes) bytes")
                }
            }
        }
        if let rest = batches.finish() { try await store(rest) }
        guard !isEmpty else { throw Problem.badJSON("the body is empty") }
        return IngestAnswer(total, feed)
    }

    /// Who may read a document may replace it, and nobody writes for others than themselves: their documents are found among what those read.
    private func permitted(_ feed: DocumentFeed, to writer: Readers) async throws -> DocumentFeed {
        guard writer != .administration else { return feed }
        let held = try await self.backend.held(feed.documents.map(\.id))
        var feed = feed
        feed.refuse { document in
            if let other = held[document.id], !writer.mayRead(other.access) { return "has the id of one that this key may not read" }
            if !writer.hold(document.access) { return "has access tags that this key does not hold" }
            return nil
        }
        return feed
    }

    @Sendable func stats(_ request: Request, context: AppContext) async throws -> Response {
        .json(try await self.backend.stats(for: Readers(of: context.principal)))
    }

    /// What the knowledge is called now; costs no read of the store, so that a cache may ask as often as it likes.
    @Sendable func version(_ request: Request, context: AppContext) async throws -> Response {
        .json(["version": self.backend.version.description])
    }

    @Sendable func show(_ request: Request, context: AppContext) async throws -> Response {
        let id = try self.id(context)
        // What somebody may not read is not there for them.
        guard let document = try await self.backend.document(id), Readers(of: context.principal).mayRead(document.access) else {
            throw Problem.noDocument(id)
        }
        return .json(document)
    }

    @Sendable func delete(_ request: Request, context: AppContext) async throws -> Response {
        let id = try self.id(context)
        // What somebody may not read is not there for them.
        let held = try await self.backend.held([id])[id]
        guard let held, Readers(of: context.principal).mayRead(held.access), try await self.backend.delete([id]) > 0 else { throw Problem.noDocument(id) }
        return Response(status: .noContent)
    }

    /// Ids may hold anything but control characters, so they come percent-encoded.
    private func id(_ context: AppContext) throws -> String {
        let raw = try context.parameters.require("id")
        return raw.removingPercentEncoding ?? raw
    }
}
