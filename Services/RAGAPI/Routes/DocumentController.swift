import Foundation
import Hummingbird
import IntentModel
import ServiceRuntime

/// `/v1/documents`: ingest, show, delete, count. Add at `/v1/documents`.
struct DocumentController: Sendable {
    let backend: any KnowledgeBackend
    let ingestion: Ingestion
    /// Of one ingest request.
    var maxBodyBytes = 64 << 20

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
        let body = try await request.body.collect(upTo: self.maxBodyBytes)
        let isLines = request.headers[.contentType].map { $0.contains("ndjson") || $0.contains("jsonl") } ?? false
        let bytes = Array(body.readableBytesView)
        let feed = try await blockingWork("knowledge.read") { () -> Result<DocumentFeed, Problem> in
            do throws(Problem) { return .success(try DocumentFeed(bytes, isLines: isLines)) } catch { return .failure(error) }
        }.get()
        let ingested = try await self.ingestion.ingest(feed.documents)
        return .json(IngestAnswer(ingested, feed))
    }

    @Sendable func stats(_ request: Request, context: AppContext) async throws -> Response {
        .json(try await self.backend.stats())
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
        guard try await self.backend.delete([id]) > 0 else { throw Problem.noDocument(id) }
        return Response(status: .noContent)
    }

    /// Ids may hold anything but control characters, so they come percent-encoded.
    private func id(_ context: AppContext) throws -> String {
        let raw = try context.parameters.require("id")
        return raw.removingPercentEncoding ?? raw
    }
}
