import Hummingbird
import IntentLanguage
import IntentModel
import ServiceRuntime

/// `POST /v1/interpret`: `{intent, priority?, namespace?, cluster?}` → interpretation. `Cache-Control: no-cache` skips caches.
struct InterpretController: Sendable {
    static let maxCharacters = 4096

    let reading: IntentReading

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self).post(use: self.interpret)
    }

    @Sendable private func interpret(_ request: Request, context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(InterpretationRequest.self, from: request, context: context, limit: 64 << 10, allowsNoContentType: true)
        guard body.intent.unicodeScalars.count <= Self.maxCharacters else {
            let item = Problem.Item(pointer: "/intent", detail: "must have at most \(Self.maxCharacters) characters")
            throw ProblemError(.badRequest, code: "invalid_body", detail: "intent \(item.detail).", errors: [item])
        }
        let skips = request.headers[.cacheControl]?.contains("no-cache") == true
        return Response.json(await self.reading.read(body, skippingCache: skips))
    }
}
