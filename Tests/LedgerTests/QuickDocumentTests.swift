import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

@testable import Ledger

/// What is read and written by hand is what the coders make of the same values, and of bytes that somebody has changed.
@Suite("documents read and written by hand") struct QuickDocumentTests {
    /// The same sequence in every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ self.state >> 29
        }
    }

    private static let texts = [
        "", "amf", "smf-x1", "a \"word\"", "back\\slash", "line\nend\ttab\r", "\u{1}\u{1f}", "“quoted” — é 核心 \u{1F600}", "a/b/c", "{\"x\":[1]}", "\u{7f}",
    ]

    private static func text(_ dice: inout Dice) -> String { Self.texts.randomElement(using: &dice) ?? "" }
    private static func maybe(_ dice: inout Dice) -> String? { Bool.random(using: &dice) ? Self.text(&dice) : nil }
    private static func list(_ dice: inout Dice) -> [String] { (0..<Int.random(in: 0...3, using: &dice)).map { _ in Self.text(&dice) } }
    private static func number(_ dice: inout Dice) -> Int { Int.random(in: 0...100_000, using: &dice) }

    private static func request(_ dice: inout Dice) -> IntentRequest {
        IntentRequest(
            intent: self.text(&dice), priority: Priority.allCases.randomElement(using: &dice) ?? .low, namespace: self.maybe(&dice), cluster: self.maybe(&dice),
            approval: Bool.random(using: &dice) ? .auto : .required, labels: Bool.random(using: &dice) ? ["a": self.text(&dice), "b/c": ""] : nil,
            callbackUrl: self.maybe(&dice), supersedes: self.maybe(&dice), tenant: self.text(&dice), requestedBy: self.text(&dice))
    }

    private static func interpretation(_ dice: inout Dice) -> Interpretation {
        var context = Context()
        for path in [
            \Context.namespace, \.cluster, \.region, \.site, \.zone, \.environment, \.plmn, \.dnn, \.tac, \.cell, \.gnb, \.ue, \.tenant, \.use, \.urgency,
            \.from,
        ] { context[keyPath: path] = self.maybe(&dice) }
        if Bool.random(using: &dice) { context.slice = SliceID(sst: 1, sd: self.maybe(&dice)) }
        if Bool.random(using: &dice) { (context.qualities, context.depends) = (self.list(&dice), []) }
        if Bool.random(using: &dice) { context.window = TimeWindow(start: self.maybe(&dice), end: self.maybe(&dice), recurrence: self.maybe(&dice)) }
        let values: [TargetValue] = [.number(3), .number(0.25), .number(1e-9), .boolean(false), .text(self.text(&dice)), .range(1, 2.5)]
        let span = Bool.random(using: &dice) ? Span(start: 1, end: 20) : nil
        let expectations = (0..<Int.random(in: 0...2, using: &dice)).map { index in
            IntentModel.Expectation(
                id: "e\(index + 1)", verb: Verb.allCases.randomElement(using: &dice) ?? .deploy,
                object: ObjectReference(
                    kind: ObjectKind.allCases.randomElement(using: &dice) ?? .policy, type: self.maybe(&dice), name: self.maybe(&dice),
                    evidence: self.maybe(&dice), span: span),
                targets: values.map {
                    Target(attribute: self.text(&dice), condition: .atMost, value: $0, unit: self.maybe(&dice), evidence: self.maybe(&dice), span: span)
                }, context: context, spans: span.map { ["namespace": $0, "qualities.edge": $0] }, confidence: 0.75)
        }
        return Interpretation(
            decision: Decision.allCases.randomElement(using: &dice) ?? .accepted, language: "en", priority: .high, expectations: expectations,
            clarifications: [Clarification(expectation: "e1", field: self.text(&dice), question: self.text(&dice), options: self.list(&dice))],
            refusal: Bool.random(using: &dice) ? Refusal(reason: .unsafe, detail: self.text(&dice)) : nil,
            provenance: Provenance(
                interpreter: "embedded", model: self.maybe(&dice), promptVersion: "1", passages: self.list(&dice),
                tokens: Bool.random(using: &dice) ? 12 : nil, costUSD: 0.5, notes: Bool.random(using: &dice) ? self.list(&dice) : nil))
    }

    private static func plan(_ dice: inout Dice) -> Plan {
        let packages = (0..<Int.random(in: 0...2, using: &dice)).map { _ in
            PackageChange(
                instance: self.text(&dice), path: self.text(&dice), function: self.text(&dice), cluster: self.text(&dice), namespace: self.text(&dice),
                change: .update, base: self.maybe(&dice), result: self.maybe(&dice), expectations: self.list(&dice),
                figures: (0..<3).map { _ in
                    Figure(name: self.text(&dice), value: self.text(&dice), source: .default, reason: self.text(&dice), step: self.maybe(&dice))
                }, resources: Bool.random(using: &dice) ? self.resources(&dice) : nil)
        }
        var plan = Plan(packages: packages, approvalReasons: self.list(&dice), notes: self.list(&dice))
        if Int.random(in: 0..<4, using: &dice) == 0 {
            plan.policies = [PolicyChange(policyId: self.text(&dice), policyType: "t", ric: self.maybe(&dice), change: .put, document: "{\"a\":1}")]
        }
        if Int.random(in: 0..<4, using: &dice) == 0 { plan.window = TimeWindow(start: "2026-01-01T00:00:00Z") }
        return plan
    }

    private static func resources(_ dice: inout Dice) -> ResourcePlan {
        func maybe(_ dice: inout Dice) -> Int? { Bool.random(using: &dice) ? self.number(&dice) : nil }
        return ResourcePlan(
            replicas: self.number(&dice), minReplicas: maybe(&dice), maxReplicas: maybe(&dice), cpu: [0.25, 2, 0.1].randomElement(using: &dice) ?? 1,
            cpuLimit: 4,
            memory: self.number(&dice), memoryLimit: self.number(&dice), storage: maybe(&dice),
            interfaces: [ResourcePlan.Interface(name: "n2", network: self.text(&dice), attachment: "sriov")],
            placement: ResourcePlan.Placement(
                region: self.maybe(&dice), zone: self.maybe(&dice), isSpread: Bool.random(using: &dice), hasWholeCores: Bool.random(using: &dice),
                hugepages: maybe(&dice), device: self.maybe(&dice)),
            maxUnavailable: maybe(&dice), dependsOn: self.list(&dice), monthlyCost: [0, 73.25, 1_000].randomElement(using: &dice) ?? 0)
    }

    /// Both ways, and both again after some bytes were changed: what is read by hand is never anything else.
    private static func compare<Value: QuickDocument & Encodable & Equatable & Sendable>(_ value: Value, _ dice: inout Dice) throws {
        let bytes = try LedgerJSON.encoded(value)
        let quick = JSONCursor.read(bytes, Value.read)
        // Numbers with an exponent are left to the decoder.
        if !String(decoding: bytes, as: UTF8.self).contains("e-") { #expect(quick == value) }
        #expect(try LedgerJSON.decode(Value.self, bytes) == value)
        for _ in 0..<20 {
            let changed = Self.mutated(bytes, &dice)
            guard let read = JSONCursor.read(changed, Value.read) else { continue }
            let decoded = try? JSONDecoder().decode(Value.self, from: Data(changed))
            #expect(decoded == read, "\(String(decoding: changed, as: UTF8.self))")
        }
    }

    private static func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        let signs = Array("\"\\{}[],:-+.0159 \ntfnu".utf8)
        for _ in 0..<Int.random(in: 1...2, using: &dice) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &dice)
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: bytes[at] = signs.randomElement(using: &dice) ?? 0x20
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(signs.randomElement(using: &dice) ?? 0x20, at: at)
            default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...12, using: &dice)))
            }
        }
        return bytes
    }

    @Test("requests, interpretations, history and what was published are read as decoders read them")
    func read() throws {
        var dice = Dice(state: 7)
        for _ in 0..<200 {
            try Self.compare(Self.request(&dice), &dice)
            try Self.compare(Self.interpretation(&dice), &dice)
            try Self.compare(HistoryEntry(phase: .verifying, at: Self.text(&dice), by: Self.text(&dice), detail: Self.maybe(&dice)), &dice)
            try Self.compare(
                [
                    PublishedPackage(
                        instance: Self.text(&dice), repository: Self.text(&dice), path: Self.text(&dice), revision: "v1", commit: Self.text(&dice),
                        change: .create)
                ], &dice)
        }
    }

    @Test("a history entry as steps write it is read by hand")
    func history() throws {
        let entry = Ledger.historyEntry(.planning, at: 1_780_000_000_123, by: "llm-processor", detail: "understood: \"deploy\"\n")
        #expect(
            JSONCursor.read(entry, HistoryEntry.read)
                == HistoryEntry(phase: .planning, at: "2026-05-28T20:26:40.123Z", by: "llm-processor", detail: "understood: \"deploy\"\n"))
    }

    @Test("of a plan delivery reads the same by hand as through the decoder, and a plan is written as the encoder writes it")
    func plans() throws {
        var dice = Dice(state: 11)
        for _ in 0..<400 {
            let plan = Self.plan(&dice)
            let bytes = try LedgerJSON.encoded(plan)
            #expect(try String(decoding: LedgerJSON.encode(plan), as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
            let quick = try #require(JSONCursor.read(bytes, PlannedDelivery.read))
            let plain = try JSONDecoder().decode(PlannedDelivery.self, from: Data(bytes))
            #expect(quick.packages == plain.packages && quick.policies == plain.policies && quick.policies.count == plan.policies.count)
        }
    }

    @Test("what was published and what was read back is written as the encoder writes it")
    func written() throws {
        var dice = Dice(state: 13)
        for _ in 0..<200 {
            let packages = [
                PublishedPackage(
                    instance: Self.text(&dice), repository: Self.text(&dice), path: Self.text(&dice), revision: "v1", commit: Self.text(&dice), change: .none)
            ]
            #expect(try LedgerJSON.encode(packages) == LedgerJSON.encoded(packages))
            let verification = Verification(state: .notObserved, checks: Self.list(&dice), at: "2026-05-28T20:26:40.123Z")
            #expect(try LedgerJSON.encode(verification) == LedgerJSON.encoded(verification))
        }
    }
}
