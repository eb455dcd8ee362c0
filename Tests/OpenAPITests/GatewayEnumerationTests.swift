import IntentModel
import TestSupport
import Testing

@testable import APIGateway

@Suite struct GatewayEnumerationTests {
    @Test(
        "enumerations are those of the code",
        arguments: [
            ("Phase", Phase.allCases.map(\.rawValue)), ("Priority", Priority.allCases.map(\.rawValue)),
        ])
    func enumerations(_ schema: String, _ values: [String]) throws {
        #expect((try ServiceName.gateway.description.schema(schema)?["enum"] as? [String])?.sorted() == values.sorted())
    }

    @Test("the query parameters that the gateway takes are those of the file")
    func queries() throws {
        let described = try ServiceName.gateway.description.operations.filter { !$0.query.isEmpty }.map { ($0.name, $0.query.sorted()) }
        #expect(Dictionary(uniqueKeysWithValues: described) == KnownQuery.names.mapValues { $0.sorted() })
    }
}
