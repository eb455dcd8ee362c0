import Foundation
import Hummingbird
import IntentModel
import ServiceRuntime

/// `/v1/documents`: ingest, show, delete, count. Add at `/v1/documents`.
struct DocumentController<Context: RequestContext>: Sendable {
    let store: KnowledgeStore
    let metrics: KnowledgeMetrics
    /// Of one ingest request.
    var maxBodyBytes = 16 << 20

    var routes: RouteCollection<Context> {
        RouteCollection(context: Context.self)
            .post(use: self.ingest)
            .get("stats", use: self.stats)
            .get("version", use: self.version)
            .get(":id", use: self.show)
            .delete(":id", use: self.delete)
    }

    @Sendable func ingest(_ request: Request, context: Context) async throws -> Response {
        let body = try await request.body.collect(upTo: self.maxBodyBytes)
        let isLines = request.headers[.contentType].map { $0.contains("ndjson") || $0.contains("jsonl") } ?? false
        let feed = try DocumentFeed(Array(body.readableBytesView), isLines: isLines)
        let ingested = try await self.store.ingest(feed.documents)
        self.metrics.record(try await self.store.stats())
        return .json(IngestAnswer(ingested, feed))
    }

    @Sendable func stats(_ request: Request, context: Context) async throws -> Response {
        .json(try await self.store.stats())
    }

    /// What the knowledge is called now; costs no read of the store, so that a cache may ask as often as it likes.
    @Sendable func version(_ request: Request, context: Context) async throws -> Response {
        .json(["version": self.store.version.description])
    }

    @Sendable func show(_ request: Request, context: Context) async throws -> Response {
        let id = try self.id(context)
        guard let document = try await self.store.document(id) else { throw Problem.noDocument(id) }
        return .json(document)
    }

    @Sendable func delete(_ request: Request, context: Context) async throws -> Response {
        let id = try self.id(context)
        guard try await self.store.delete(id) else { throw Problem.noDocument(id) }
        self.metrics.record(try await self.store.stats())
        return Response(status: .noContent)
    }

    /// Ids may hold anything but control characters, so they come percent-encoded.
    private func id(_ context: Context) throws -> String {
        let raw = try context.parameters.require("id")
        return raw.removingPercentEncoding ?? raw
    }
}
