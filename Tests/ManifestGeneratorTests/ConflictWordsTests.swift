import IntentModel
import PackagePlanning
import Testing

@testable import ManifestGenerator

@Suite struct ConflictWordsTests {
    @Test("of another tenant's intent nothing is told but that it is there")
    func tenants() async throws {
        func wishes(_ replicas: Double) async throws -> [Wish] {
            try #require(try await plan(expectation(.deploy, "AMF", [number("replicas", replicas)])).plan).wishes
        }
        let (ours, theirs) = (try await wishes(2), try await wishes(7))
        let clash = try #require(zip(ours, theirs).flatMap { $0.clashes(with: $1) }.first { $0.attribute == "replicas" })
        let other = IntentID(partition: 3, milliseconds: 1_795_000_000_000)
        let told = TurnTaking.conflict(clash, with: other, at: "default/core5g/amf", .awaitingApproval, isOurs: true)
        #expect(told.intent == other && told.theirs == "7" && told.detail.contains("\(other)") && told.detail.contains("to be 7"))
        let hidden = TurnTaking.conflict(clash, with: other, at: "default/core5g/amf", .awaitingApproval, isOurs: false)
        #expect(hidden.intent == nil && hidden.ours == "2")
        #expect(!hidden.theirs.contains("7") && !hidden.detail.contains("7") && !hidden.detail.contains("\(other)"))
    }
}
