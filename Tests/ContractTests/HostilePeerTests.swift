import HTTPFetch
import IntentModel
import JSONSchema
import Resilience
import TestSupport
import Testing

@testable import ORANAdaptor

/// Peers that answer what they should not: a clear error, in bounded time and memory.
@Suite struct HostilePeerTests {
    private static let type = "ORAN_QoSTarget_2.0.0"
    private static let put = PolicyChange(
        policyId: "p1", policyType: type, change: .put, document: #"{"qosObjectives":{"pdb":10},"scope":{"qosId":{"5qI":82}}}"#)

    private static func session(_ name: String, _ ric: FakeRIC, _ fetcher: HTTPFetcher, _ change: (inout Upstream.Configuration) -> Void) -> RICSession {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(5)
        configuration.attempts = 1
        change(&configuration)
        return A1Wiring.session(RIC(name: name, url: ric.url), Upstream("a1/\(name)", configuration), fetcher)
    }

    private func outcome(_ fault: (inout FakeRIC.Faults) -> Void, timeout: Duration = .seconds(5)) async throws -> PolicyOutcome {
        let ric = try await FakeRIC.start()
        ric.setFaults(fault)
        let session = Self.session("east", ric, HTTPFetcher()) { $0.timeout = timeout }
        var settings = PolicyExecutor.Settings()
        settings.attempts = 1
        let outcome = await PolicyExecutor(fleet: RICFleet([session]), catalogue: try PolicyTypeCatalogue(), settings: settings).apply([Self.put])
        await ric.stop()
        return outcome
    }

    @Test(
        "an answer that is too large, too deep, cut or no list is named so",
        arguments: [
            (String(repeating: " ", count: 2 << 20), "larger than 1024 KiB"), (String(repeating: "[", count: 500_000), "not JSON"),
            (String(repeating: #"{"a":"#, count: 100_000), "not JSON"), (#"["ORAN_QoSTarget"#, "not JSON"),
            (#"{"types":[]}"#, "an array of identifiers is expected"),
            ("", "not JSON"), ("[\"\u{1}\"]", "not JSON"),
        ])
    func bodies(_ body: String, _ reason: String) async throws {
        let outcome = try await self.outcome { $0.body = Array(body.utf8) }
        guard case .failed(let problem) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(problem.code == "a1_nonconforming")
        #expect(problem.detail.contains(reason), "\(problem.detail)")
    }

    @Test("a redirect is not followed, to another host or the same")
    func redirect() async throws {
        let elsewhere = try await FakeRIC.start()
        let outcome = try await self.outcome { $0.redirect = "\(elsewhere.url)/A1-P/v2/policytypes" }
        guard case .failed(let problem) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(problem.code == "a1_nonconforming" && problem.detail.contains("redirects are not followed"))
        #expect(elsewhere.requests.isEmpty)
        await elsewhere.stop()
    }

    @Test("a RIC that answers in drops is given up after the time a call may take")
    func slow() async throws {
        let start = ContinuousClock.now
        let outcome = try await self.outcome(
            {
                $0.dropRate = 1
                $0.body = Array(repeating: UInt8(ascii: " "), count: 100_000)
            }, timeout: .milliseconds(300))
        guard case .retry(let reason, _) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(reason.contains("no answer within"))
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test("reset connections, half answers, three in ten answers 503, slow ones: every policy ends as desired, none twice")
    func chaos() async throws {
        var rics: [(String, FakeRIC)] = []
        for number in 0..<4 { rics.append(("ric\(number)", try await FakeRIC.start())) }
        for (_, ric) in rics {
            ric.setFaults {
                $0.rate = 0.3
                $0.cutRate = 0.1
                $0.dropRate = 0.02
            }
        }
        let fetcher = HTTPFetcher()
        var settings = PolicyExecutor.Settings()
        settings.firstWait = .milliseconds(2)
        settings.longestWait = .milliseconds(50)
        settings.attempts = 50
        let fleet = RICFleet(
            rics.map { name, ric in
                Self.session(name, ric, fetcher) {
                    $0.retryRatio = 1
                    $0.retriesPerSecond = 1_000
                    $0.breaker.consecutiveFailures = 100
                    $0.breaker.openFor = .milliseconds(50)
                }
            })
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: settings)
        func changes(_ change: PolicyChange.Change, _ numbers: Range<Int>) -> [PolicyChange] {
            numbers.map {
                PolicyChange(policyId: "nephoran.p\($0)", policyType: Self.type, change: change, document: change == .delete ? "" : Self.put.document)
            }
        }
        func untilApplied(_ changes: [PolicyChange]) async {
            for _ in 0..<50 {
                switch await executor.apply(changes) {
                case .applied: return
                case .failed(let problem): return #expect(Bool(false), "\(problem.detail)")
                case .retry: continue
                }
            }
            #expect(Bool(false), "it never arrived")
        }
        await untilApplied(changes(.put, 0..<50))
        await untilApplied(changes(.delete, 10..<20))
        for (_, ric) in rics {
            #expect(Set(ric.policies.keys) == Set((0..<50).filter { !(10..<20).contains($0) }.map { "nephoran.p\($0)" }))
            #expect(ric.policies.values.allSatisfy { $0.text == Self.put.document })
            #expect(ric.violations.isEmpty, "\(ric.violations.prefix(3))")
            await ric.stop()
        }
    }

    @Test("a thousand policies on twenty RICs arrive, each with one PUT")
    func rate() async throws {
        var rics: [(String, FakeRIC)] = []
        for number in 0..<20 { rics.append(("ric\(number)", try await FakeRIC.start())) }
        let fetcher = HTTPFetcher()
        let fleet = RICFleet(rics.map { name, ric in Self.session(name, ric, fetcher) { _ in } })
        let executor = PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue())
        let changes = (0..<1_000).map {
            PolicyChange(policyId: "nephoran.p\($0)", policyType: Self.type, ric: "ric\($0 % 20)", change: .put, document: Self.put.document)
        }
        let start = ContinuousClock.now
        guard case .applied(let policies) = await executor.apply(changes) else { return #expect(Bool(false), "not applied") }
        let seconds = start.duration(to: .now) / .seconds(1)
        print("1,000 policies on 20 RICs: \(Int(1_000 / seconds)) policies/s")
        #expect(policies.allSatisfy { $0.change == .put && $0.enforceStatus == "ENFORCED" })
        for (_, ric) in rics {
            #expect(ric.policies.count == 50 && ric.count(of: "PUT") == 50)
            #expect(ric.violations.isEmpty, "\(ric.violations.prefix(3))")
            await ric.stop()
        }
    }
}
