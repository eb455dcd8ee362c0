import Foundation
import Hummingbird
import IntentModel
import ServiceRuntime

/// `POST /admin/knowledge/backup`, `/restore` and `/verify` of the embedded store. Add at `/`.
struct KeepingController: Sendable {
    let store: EmbeddedStore
    /// `PATH_MAX` of Linux, with its end.
    private static let maxPathBytes = 4_095

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self)
            .post("admin/knowledge/backup", use: self.backUp)
            .post("admin/knowledge/restore", use: self.restore)
            .post("admin/knowledge/verify", use: self.verify)
    }

    private struct Order: Decodable { var path: String }

    private struct Copy: Encodable {
        var path: String
        var bytes: Int
        var version: String
    }

    /// `{"path"}`: a file on the machine of the service; a relative one is beside the knowledge base.
    @Sendable func backUp(_ request: Request, context: AppContext) async throws -> Response {
        let path = try await self.path(request, context)
        let backup = try await self.store.backUp(to: path)
        return .json(Copy(path: path, bytes: backup.bytes, version: backup.version.description))
    }

    /// `{"path"}`: a file that a backup wrote.
    @Sendable func restore(_ request: Request, context: AppContext) async throws -> Response {
        try await self.store.restore(from: try await self.path(request, context))
        return .json(try await self.store.stats(for: .administration))
    }

    private func path(_ request: Request, _ context: AppContext) async throws -> String {
        let order = try await JSONBody.decode(Order.self, from: request, context: context, limit: 8192, allowsNoContentType: true)
        guard (1...Self.maxPathBytes).contains(order.path.utf8.count), !order.path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
        else {
            throw Problem.invalidBody([.init(pointer: "/path", detail: "must name a file: 1 to \(Self.maxPathBytes) bytes without control characters")])
        }
        let directory = URL(fileURLWithPath: self.store.configuration.path).deletingLastPathComponent()
        return URL(fileURLWithPath: order.path, relativeTo: directory).path
    }

    @Sendable func verify(_ request: Request, context: AppContext) async throws -> Response { .json(try await self.store.verify()) }
}
