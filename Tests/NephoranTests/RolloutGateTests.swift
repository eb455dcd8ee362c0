import Foundation
import Testing

@testable import Nephoran

/// What a scheduler's gate makes of the roles, and which rollouts can be asked for.
@Suite struct RolloutGateTests {
    private static func answer(_ rules: (Int, String?, String?)...) -> RolloutStatusCommand.Answer {
        let rules = rules.map { RolloutStatusCommand.Answer.Rule(partitions: $0.0, active: $0.1, epoch: 1, preview: $0.2) }
        return .init(
            active: Set(rules.map(\.active)).count == 1 ? rules[0].active : nil, preview: Set(rules.map(\.preview)).count == 1 ? rules[0].preview : nil,
            rules: rules, run: nil)
    }

    @Test("before the switch: closed while it is a preview, open when all is its, shut when it is nothing any more")
    func preview() {
        let gate = RolloutGate(colour: "r2", phase: .preview)
        #expect(gate.verdict(Self.answer((16, "r1", "r2")), watched: true) == .wait)
        #expect(gate.verdict(Self.answer((14, "r1", "r2"), (2, "r2", nil)), watched: true) == .wait, "in the middle of a promotion")
        #expect(gate.verdict(Self.answer((16, "r2", nil)), watched: false) == .wait, "promoted before it was looked at for long enough")
        #expect(gate.verdict(Self.answer((16, "r2", nil)), watched: true) == .open("r2 is active"))
        #expect(gate.verdict(Self.answer((16, "r1", nil)), watched: false) == .shut("r2 was taken back"))
        #expect(gate.verdict(Self.answer((16, "r1", "r3")), watched: false) == .shut("r2 was taken back"))
    }

    @Test("a canary's share is enough for it")
    func canary() {
        let gate = RolloutGate(colour: "r2", phase: .preview, weight: 10)
        #expect(gate.verdict(Self.answer((16, "r1", "r2")), watched: false) == .wait)
        #expect(gate.verdict(Self.answer((15, "r1", "r2"), (1, "r2", nil)), watched: false) == .wait)
        #expect(gate.verdict(Self.answer((14, "r1", "r2"), (2, "r2", nil)), watched: true) == .open("r2 is active"))
        let watch = RolloutGate(colour: "r2", phase: .promoted, weight: 10)
        #expect(watch.verdict(Self.answer((14, "r1", "r2"), (2, "r2", nil)), watched: false) == .wait)
        #expect(watch.verdict(Self.answer((16, "r1", "r2")), watched: true) == .shut("r2 is no longer active"))
    }

    @Test("after the switch it has to stay active")
    func promoted() {
        let gate = RolloutGate(colour: "r2", phase: .promoted)
        #expect(gate.verdict(Self.answer((16, "r2", nil)), watched: false) == .wait)
        #expect(gate.verdict(Self.answer((16, "r2", nil)), watched: true) == .open("r2 stays active"))
        #expect(gate.verdict(Self.answer((16, "r1", nil)), watched: true) == .shut("r2 is no longer active"))
    }

    @Test(
        "what a rollout and a gate cannot be told",
        arguments: [
            ["--weights", "0"], ["--weights", "100"], ["--weights", "50,10"], ["--weights", "ten"], ["--weights", ""], ["--strategy", "red-black"],
        ])
    func bad(_ words: [String]) {
        #expect(throws: (any Error).self) { try RolloutStartCommand.parse(["--binaries", "/new"] + words) }
    }

    @Test("either a colour or who is asked for it; a weight is of a colour")
    func gate() throws {
        // The gate that judges may come as late as any, and waits for the others then.
        #expect(RolloutGateCommand.previewLimit >= RolloutGateCommand.siblingLimit * 2)
        _ = try RolloutGateCommand.parse(["--phase", "preview", "--colour", "r2"])
        _ = try RolloutGateCommand.parse(["--phase", "promoted", "--colour-of", "http://x"])
        #expect(throws: (any Error).self) { try RolloutGateCommand.parse(["--phase", "preview"]) }
        #expect(throws: (any Error).self) { try RolloutGateCommand.parse(["--phase", "preview", "--colour", "r2", "--colour-of", "http://x"]) }
        #expect(throws: (any Error).self) { try RolloutGateCommand.parse(["--phase", "middle", "--colour", "r2"]) }
        #expect(throws: (any Error).self) { try RolloutPromoteCommand.parse(["--weight", "10"]) }
        #expect(try RolloutPromoteCommand.parse(["--weight", "10", "--colour", "r2"]).colour.weight == 10)
    }
}
