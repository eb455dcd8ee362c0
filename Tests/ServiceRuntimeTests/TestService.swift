import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IntentModel
import NIOCore
import ServiceLifecycle

@testable import ServiceRuntime

/// A small service with one of everything.
enum TestService {
    struct Order: Codable, Equatable {
        enum Size: String, Codable { case small, large }
        struct Item: Codable, Equatable {
            var name: String
            var count: Int
        }
        var items: [Item]
        var size: Size?
    }

    struct Unexpected: Error {}

    static func parts(_ context: ServiceContext, healthChecks: [HealthCheck] = []) -> ServiceParts {
        ServiceParts(
            routes: { router in
                router.post("/orders") { request, context in
                    Response.json(
                        try await JSONBody.decode(Order.self, from: request, context: context, limit: 256, mediaTypes: ["text/plain"]), status: .created)
                }
                router.get("/orders/:id") { _, context in Response.json(["id": try context.parameters.require("id"), "path": "a/b"]) }
                router.get("/stock/all") { _, _ in Response.json(["all": "things"]) }
                router.put("/stock/:id") { _, _ in Response(status: .noContent) }
                router.get("/fails/:how") { _, context -> Response in
                    switch try context.parameters.require("how") {
                    case "unexpected": throw Unexpected()
                    case "problem": throw ProblemError(.conflict, code: "wrong_phase", detail: "Not now.", headers: [.retryAfter: "3"])
                    case "quoting": throw ProblemError(.badGateway, code: "upstream", detail: "It said sk-shown-to-another-peer.")
                    case "bare": throw Problem(status: 422, code: "bare", title: "Bare", detail: "No headers.", instance: "/mine")
                    case "http": throw HTTPError(.forbidden, message: "not you")
                    case "gone": throw ChannelError.alreadyClosed
                    default: throw HTTPError(.notFound)
                    }
                }
                router.group().add(middleware: context.authenticator.requires(.intentsWrite)).get("/guarded") { _, context in
                    Response.json(["name": context.principal?.name ?? "", "tenant": context.principal?.tenant ?? ""])
                }
            },
            healthChecks: healthChecks
        )
    }

    static func application(
        _ values: [String: String] = ["AUTH_TOKEN": "good-key"], healthChecks: [HealthCheck] = []
    ) throws -> (ServiceContext, ServiceServer) {
        let context = try ServiceContext.forTesting(name: "test-service", values: values.merging(["PORT": "0"]) { a, _ in a })
        return (context, ServiceApplication.build(self.parts(context, healthChecks: healthChecks), in: context))
    }
}

extension TestResponse {
    var text: String { String(buffer: self.body) }
    func problem() throws -> Problem { try JSONBody.decode(Problem.self, from: self.body) }
}
