import Foundation
import Hummingbird
import IntentModel
import Testing
import Yams

@testable import APIGateway
@testable import ServiceRuntime

@Suite struct SpecificationTests {
    /// Parts of the two pages, which nobody calls on their own.
    private static func isAsset(_ route: String) -> Bool {
        ["GET /console.css", "GET /docs.css", "GET /docs.js"].contains(route) || route.hasPrefix("GET /console/")
    }

    private static func specification() throws -> [String: Any] {
        let text = try String(contentsOfFile: Repository.path("Services/APIGateway/Public/openapi.yaml"), encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    @Test("what the specification says is there, and what is there it says")
    func routes() async throws {
        let context = try ServiceContext.forTesting(name: "api-gateway", declarations: GatewaySettings.declarations, values: ["AUTH_TOKEN": "good"])
        let parts = try await buildService(context)
        let router = Router(context: AppContext.self)
        OperationsRoutes(context: context, health: HealthBoard([], metrics: context.metrics)).add(to: router)
        parts.routes(router)
        let served = Set(router.routes.map { "\($0.method.rawValue) \($0.path.description)" }.filter { !Self.isAsset($0) })

        let paths = try #require(try Self.specification()["paths"] as? [String: [String: Any]])
        let methods: Set<String> = ["get", "put", "post", "delete", "patch", "head", "options"]
        let specified = Set(paths.flatMap { path, item in item.keys.filter(methods.contains).map { "\($0.uppercased()) \(path)" } })
        #expect(served.subtracting(specified).sorted() == [], "not in openapi.yaml")
        #expect(specified.subtracting(served).sorted() == [], "not served")
    }

    @Test("every reference leads somewhere and every operation has a name of its own")
    func references() throws {
        let document = try Self.specification()
        var references: [String] = []
        var names: [String] = []
        func walk(_ value: Any) {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String { references.append(reference) }
                if let name = object["operationId"] as? String { names.append(name) }
                object.values.forEach(walk)
            } else if let array = value as? [Any] {
                array.forEach(walk)
            }
        }
        walk(document)
        #expect(Set(names).count == names.count && names.count > 20)
        for reference in Set(references) {
            let target = reference.split(separator: "/").dropFirst().reduce(document as Any?) { ($0 as? [String: Any])?[String($1)] }
            #expect(target != nil, "\(reference)")
        }
    }

    @Test(
        "enumerations are those of the code",
        arguments: [
            ("Phase", Phase.allCases.map(\.rawValue)), ("Priority", Priority.allCases.map(\.rawValue)),
        ])
    func enumerations(_ schema: String, _ values: [String]) throws {
        let schemas = (try Self.specification()["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
        #expect((schemas?[schema]?["enum"] as? [String])?.sorted() == values.sorted())
    }
}
