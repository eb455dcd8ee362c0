import IntentModel
import TestSupport
import Testing

@Suite struct GatewayEnumerationTests {
    @Test(
        "enumerations are those of the code",
        arguments: [
            ("Phase", Phase.allCases.map(\.rawValue)), ("Priority", Priority.allCases.map(\.rawValue)),
        ])
    func enumerations(_ schema: String, _ values: [String]) throws {
        #expect((try ServiceName.gateway.description.schema(schema)?["enum"] as? [String])?.sorted() == values.sorted())
    }
}
