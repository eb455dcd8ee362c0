import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

extension RealProcesses {
    /// Intents for RICs behind an A1 policy management service that is away.
    @Suite("management service") struct ManagementServiceTests {
        private static func sentence(_ mbps: Int) -> String { "Optimize the eMBB slice to guarantee at least \(mbps) Mbps downlink throughput" }

        @Test("one at a wrong address holds nothing up for the RICs of the setting; the plan, the summary of health and the list of RICs say so")
        func wrongAddress() async throws {
            let (ric, port) = (try await FakeRIC.start(), try FreePort.next())
            let installation = try await Installation.start([
                "A1_URL": "east=\(ric.url)", "A1_PMS_URL": "http://127.0.0.1:\(port)", "A1_PMS_WAIT": "0s", "PLMN": "001-01",
            ])
            defer { installation.stop() }
            let record = try await installation.gateway.submit(Self.sentence(300))
            #expect(record.phase == .fulfilled, "\(record.problem?.detail ?? record.waitsFor ?? "")")
            #expect(record.policies.map(\.ric) == ["east"])
            #expect(
                record.plan?.notes.contains { $0.contains("RICs of the A1 policy management service are not known") } == true, "\(record.plan?.notes ?? [])")

            let list = try await installation.client(.adaptor).call("GET", "/v1/a1/policy-types")
            #expect(list["managementService", "state"] as? String == "unavailable" && list["incomplete"] is String && list["awaited"] == nil)
            let health = try await installation.gateway.call("GET", "/v1/health")
            #expect(health["status"] as? String == "degraded")
            #expect(health["components", "oran-adaptor"] as? String == "degraded")
            #expect(health["impaired", "oran-adaptor"] as? [String] == ["a1pms"])
            await ric.stop()
        }

        @Test("without other RICs an intent waits for it and says so; when it is there the policy is put, and after a restart its RICs are known without it")
        func away() async throws {
            let pms = try await FakePMS.start(rics: ["west"])
            let url = pms.url
            await pms.stop()
            let installation = try await Installation.start(["A1_PMS_URL": url, "PLMN": "001-01", "CIRCUIT_BREAKER_TIMEOUT": "1s"])
            defer { installation.stop() }
            let gateway = installation.gateway
            let id = try await gateway.accept(Self.sentence(300))
            try await gateway.until(id) { $0.waitsFor?.contains("A1_PMS_URL") == true }
            try await pms.restart()
            let record = try await gateway.settled(id, within: .seconds(60))
            #expect(record.phase == .fulfilled, "\(record.problem?.detail ?? record.waitsFor ?? "")")
            #expect(record.policies.map(\.ric) == ["west"] && pms.policies.count == 1)
            await pms.stop()

            try await installation.killAndRestart(.adaptor)
            let list = try await installation.client(.adaptor).call("GET", "/v1/a1/policy-types")
            #expect(list["incomplete"] == nil && list["managementService", "state"] as? String == "unavailable", "\(list.text)")
            #expect(list.text.contains(#""name":"west""#) && list.text.contains(#""state":"unavailable""#))
            #expect(pms.violations.isEmpty, "\(pms.violations)")
        }
    }
}
