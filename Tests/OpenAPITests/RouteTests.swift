import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import ServiceRuntime

/// Each service and its OpenAPI file: the same routes, and the same of them open.
@Suite struct RouteTests {
    @Test("what the file says is there, and what is there it says", arguments: ServiceName.allCases)
    func routes(_ service: ServiceName) async throws {
        let directory = try TemporaryDirectory()
        let (context, parts) = try await service.build(in: directory)
        let router = Router(context: AppContext.self)
        OperationsRoutes(context: context, health: HealthBoard([], metrics: context.metrics)).add(to: router)
        parts.routes(router)
        let served = Set(router.routes.map { "\($0.method.rawValue) \(Self.braced($0.path.description))" }.filter { !service.isAsset($0) })
        let described = Set(try service.description.operations.map(\.name))
        #expect(served.subtracting(described).sorted() == [], "not in the file")
        #expect(described.subtracting(served).sorted() == [], "not served")
    }

    @Test("oran-adaptor has the same routes whether its peers are configured or not")
    func unconfigured() async throws {
        let directory = try TemporaryDirectory()
        var served: [Set<String>] = []
        for isConfigured in [true, false] {
            let (_, parts) = try await ServiceName.adaptor.build(in: directory, isConfigured: isConfigured)
            let router = Router(context: AppContext.self)
            parts.routes(router)
            // The address of notifications is a RIC's, who gets it with A1_NOTIFY_URL.
            served.append(Set(router.routes.map { "\($0.method.rawValue) \($0.path.description)" }.filter { !$0.contains("/notifications/") }))
        }
        #expect(served[0] == served[1] && served[0].count > 20)
    }

    /// Over no connection, so that nobody is on this machine itself.
    @Test("who sends no key, or a wrong one, is let in nowhere but where the file says so", arguments: ServiceName.allCases)
    func guards(_ service: ServiceName) async throws {
        let guarded = try service.description.operations.filter { $0.needsKey || $0.statuses.contains("401") }
        #expect(guarded.count > 4)
        try await Self.asking(service, guarded, as: [nil, "Bearer bad", "Basic Z29vZA==", "good"]) { operation, key, response in
            #expect(response.status == .unauthorized, "\(operation.name) with \(key ?? "nothing")")
            #expect(response.headers[.wwwAuthenticate] != nil)
        }
    }

    @Test("what all tenants share is not for an admin of one of them", arguments: ServiceName.allCases)
    func tenants(_ service: ServiceName) async throws {
        let shared = try service.description.operations.filter(\.isInstallations)
        #expect(shared.count > 2)
        try await Self.asking(service, shared, as: ["Bearer foreign"]) { operation, _, response in
            #expect(response.status == .forbidden, "\(operation.name)")
        }
    }

    /// Each of these operations with an empty object, once for each value of `Authorization`.
    private static func asking(
        _ service: ServiceName, _ operations: [APIDescription.Operation], as keys: [String?],
        _ check: @Sendable (APIDescription.Operation, String?, TestResponse) -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        // Only the gateway looks at its ledger before it answers anybody.
        let redis = service == .gateway ? try await RedisServer.start() : nil
        defer { redis?.stop() }
        let (context, parts) = try await service.build(in: directory, redis: redis)
        try await ServiceApplication.build(parts, in: context).test(.router) { client in
            for operation in operations {
                let words = operation.name.split(separator: " ").map(String.init)
                let method = try #require(HTTPRequest.Method(words[0]))
                for key in keys {
                    var headers: HTTPFields = [.contentType: "application/json"]
                    if let key { headers[.authorization] = key }
                    check(operation, key, try await client.execute(uri: words[1], method: method, headers: headers, body: ByteBuffer(string: "{}")))
                }
            }
        }
    }

    @Test("every reference leads somewhere, every operation has a name of its own and says what it answers", arguments: ServiceName.allCases)
    func references(_ service: ServiceName) throws {
        let description = try service.description
        for reference in description.references { #expect(try description.target(of: reference) != nil, "\(reference)") }
        let operations = try description.operations
        #expect(Set(operations.compactMap(\.id)).count == operations.count)
        for operation in operations {
            if operation.needsKey { #expect(operation.statuses.isSuperset(of: ["401", "403"]), "\(operation.name)") }
            // A body can always be none.
            if operation.hasBody { #expect(operation.statuses.contains("400"), "\(operation.name)") }
        }
    }

    @Test("what the files share leads somewhere, too")
    func shared() throws {
        let description = try APIDescription("docs/api/common.yaml")
        for reference in description.references { #expect(try description.target(of: reference) != nil, "\(reference)") }
        #expect(description.references.count > 5)
    }

    /// `/v1/documents/:id` as the files write it.
    private static func braced(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }
}
