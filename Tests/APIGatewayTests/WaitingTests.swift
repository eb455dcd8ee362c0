import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// `Prefer: wait` of an intent that does not end in time.
@Suite struct WaitingTests {
    @Test("who waits in vain hears where the intent is by then")
    func inVain() async throws {
        try await LedgerFixture.with { fixture in
            let stage = TestStage(stage: .interpret) { _ in
                var step = Step(phase: .planning, by: "test", detail: "understood")
                step.via = [.interpreting]
                return .step(step)
            }
            try await fixture.working(stage) {
                try await fixture.gateway { client in
                    let response = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, headers: [HeaderName.prefer: "wait=2"])
                    let phase = try response.json()["phase"] as? String
                    #expect(response.status == .accepted && phase == "planning", "\(response.text)")
                }
            }
        }
    }
}
