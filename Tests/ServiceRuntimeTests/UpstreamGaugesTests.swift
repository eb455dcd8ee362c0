import Resilience
import Telemetry
import Testing

@testable import ServiceRuntime

@Suite struct UpstreamGaugesTests {
    private func context(_ values: [String: String]) throws -> ServiceContext {
        try ServiceContext.forTesting(declarations: ResilienceSettings.declarations, values: values)
    }

    private func fail(_ upstream: Upstream, times: Int) async {
        for _ in 0..<times {
            _ = try? await upstream.call(mayRepeat: false, judge: { (_: Int) in Judgement(.failure) }, attempt: { _, _ in 0 })
        }
    }

    private func value(_ name: String, _ context: ServiceContext, label: String = "upstream") -> Double? {
        String(decoding: context.metrics.expose(), as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix(name + "{") && $0.contains("upstream=\"peer\"") && $0.contains(label)
        }.flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    }

    @Test("every guard of an upstream has its gauge from the start, and they tell when it is down")
    func gauges() async throws {
        let context = try self.context(["CIRCUIT_BREAKER_THRESHOLD": "3", "BULKHEAD_LIMIT": "7"])
        let upstream = context.upstream("peer")
        #expect(self.value("nephoran_circuit_breaker_state", context) == 0)
        #expect(self.value("nephoran_circuit_breaker_share", context) == 1)
        #expect(self.value("nephoran_bulkhead_limit", context) == 7)
        for name in ["retry_budget_balance", "retries_total", "hedges_total", "hedges_won_total", "bulkhead_inside", "bulkhead_waiting"] {
            #expect(self.value("nephoran_\(name)", context) != nil, "\(name)")
        }
        await self.fail(upstream, times: 2)
        #expect(self.value("nephoran_circuit_breaker_state", context) == 0)
        await self.fail(upstream, times: 3)
        #expect(self.value("nephoran_circuit_breaker_state", context) == 2)
        #expect(self.value("nephoran_circuit_breaker_share", context) == 0)
        #expect(self.value("nephoran_circuit_breaker_transitions_total", context) == 1)
        #expect(self.value("nephoran_upstream_refused_total", context, label: "reason=\"open\"") == 2)
        #expect(self.value("nephoran_upstream_refused_total", context, label: "reason=\"busy\"") == 0)
    }

    @Test("the breaker can be switched off, and its time set")
    func settings() async throws {
        let off = try self.context(["CIRCUIT_BREAKER_ENABLED": "false"]).upstream("peer")
        await self.fail(off, times: 50)
        #expect(off.breaker.state == .closed)
        let guards = try self.context(["CIRCUIT_BREAKER_TIMEOUT": "90s", "HEDGE_ENABLED": "false", "RETRY_BUDGET_PER_SECOND": "0"]).upstream("peer")
        #expect(guards.configuration.breaker.openAtMost == .seconds(90) && guards.configuration.breaker.openFor == .seconds(3))
        #expect(!guards.configuration.hedge.isEnabled && guards.budget.balance == 0)
    }
}
