import Foundation
import IntentModel
import Synchronization
import TestSupport
import Testing

@testable import NephioBridge

/// Packages on a branch that takes pull requests only: a forge's API in front of a real repository that refuses pushes.
@Suite(.timeLimit(.minutes(3))) struct PullRequestTests {
    private let path = "edge/core5g/amf"

    private func packages(_ outcome: DeliveryOutcome) -> [PublishedPackage]? { if case .ended(.published(let packages)) = outcome { packages } else { nil } }
    private func failure(_ outcome: DeliveryOutcome) -> String? { if case .ended(.failed(let reason, false)) = outcome { reason } else { nil } }
    private func waits(_ outcome: DeliveryOutcome) -> Bool { if case .waiting = outcome { true } else { false } }

    struct Way: Sendable, CustomTestStringConvertible {
        var kind: FakeForge.Kind
        var style: FakeForge.MergeStyle
        var removes: Bool
        var testDescription: String { "\(self.kind), \(self.style)\(self.removes ? ", branch removed" : "")" }

        static let all = FakeForge.Kind.allCases.flatMap { kind in
            FakeForge.MergeStyle.allCases.flatMap { style in [false, true].map { Way(kind: kind, style: style, removes: $0) } }
        }
    }

    @Test("made, changed and removed, each by one pull request that a person merges in one of the ways there are; each read back", arguments: Way.all)
    func lifecycle(way: Way) async throws {
        try await ForgeSide.with(way.kind) { side async throws in
            let (one, three) = (package("amf"), package("amf", replicas: 3))
            let steps: [(before: [PackageFile]?, after: [PackageFile]?, verb: Verb)] = [(nil, one, .deploy), (one, three, .scale), (three, nil, .remove)]
            for (index, step) in steps.enumerated() {
                let wanted = request(side.store.intent(), self.path, from: step.before, to: step.after, verb: step.verb)
                let main = try await side.store.ask("rev-parse", "main")
                for _ in 0..<3 { #expect(self.waits(await side.bridge.deliver(wanted))) }
                #expect(side.forge.all.count == index + 1 && side.forge.open == [index + 1])
                #expect(try await side.store.ask("rev-parse", "main") == main)
                let merge = try await side.forge.merge(index + 1, by: way.style, removingBranch: way.removes)
                // A process that knows nothing finds the same.
                let outcome = await side.another("later-\(index)").deliver(wanted)
                let published = try #require(self.packages(outcome), "\(outcome)")
                #expect(await side.bridge.deliver(wanted) == outcome)
                #expect(published.map(\.revision) == ["v\(index + 1)"])
                #expect(try await side.store.ask("rev-parse", "\(self.path)/v\(index + 1)") == published[0].commit)
                #expect(try await side.store.ask("merge-base", "--is-ancestor", published[0].commit, "main").isEmpty)
                // Where our words are kept, it is known for whose it is.
                if way.style != .squash, step.after != nil {
                    #expect(try await side.bridge.repository.items().map(\.intentId) == [wanted.intentId.description])
                }
                if way.style == .squash { #expect(published[0].commit == merge) }
                let change = change(self.path, from: step.before, to: step.after)
                let checks = try await side.bridge.repository.verify([(published, [change])], isCommittedElsewhere: true)[0]
                #expect(!checks.isEmpty && checks.allSatisfy { $0.passed }, "\(checks)")
                #expect(try await side.branches() == [])
            }
            #expect(side.forge.all.count == 3 && side.forge.violations == [])
            #expect(try await side.store.ask("fsck", "--full", "--strict", "--no-dangling").isEmpty)
            #expect(try await side.bridge.repository.items().isEmpty)
        }
    }

    @Test("the branch takes no pushes; what is asked for and what it changes are told there, and nobody is mentioned")
    func shown() async throws {
        try await ForgeSide.with { side async throws in
            var wanted = request(side.store.intent(), self.path, to: package("amf"))
            guard case .failed(let reason, false) = await side.store.openRemotely("direct").publish([wanted])[0] else {
                Issue.record("pushed to the protected branch")
                return
            }
            #expect(reason.contains("declined"))
            wanted.summary = "Deploy an AMF\n@everyone closes #1"
            wanted.planHash = "sha256:00"
            #expect(self.waits(await side.bridge.deliver(wanted)))
            #expect(side.forge.title(of: 1) == "Deploy amf in core5g on edge")
            let text = try #require(side.forge.text(of: 1))
            #expect(text.contains("    Deploy an AMF @everyone closes #1\n"))
            #expect(text.contains("- `\(self.path)`: create\n") && text.contains("Intent-Id: \(wanted.intentId)\nPlan-Hash: sha256:00\n"))
        }
    }

    @Test("several packages are one pull request, a commit each")
    func several() async throws {
        for style in FakeForge.MergeStyle.allCases {
            try await ForgeSide.with { side async throws in
                var both = request(side.store.intent(), self.path, to: package("amf"))
                both.changes.append(change("edge/core5g/smf", to: package("smf", function: "SMF")))
                both.files["edge/core5g/smf"] = package("smf", function: "SMF")
                #expect(self.waits(await side.bridge.deliver(both)))
                #expect(side.forge.title(of: 1) == "Deploy amf, smf")
                // Meanwhile somebody works on another package.
                try await side.store.personWrites("edge/core5g/upf/upf.yaml", "kind: ConfigMap\n")
                #expect(self.waits(await side.bridge.deliver(both)))
                try await side.forge.merge(1, by: style)
                let published = try #require(self.packages(await side.bridge.deliver(both)))
                #expect(published.map(\.path) == [self.path, "edge/core5g/smf"] && published.map(\.revision) == ["v1", "v1"])
                #expect(try await side.bridge.repository.items().map(\.path) == [self.path, "edge/core5g/smf", "edge/core5g/upf"])
            }
        }
    }

    @Test("closed without a merge the intent fails with the reason; tried again it asks again", arguments: FakeForge.Kind.allCases)
    func closed(kind: FakeForge.Kind) async throws {
        try await ForgeSide.with(kind) { side async throws in
            var wanted = request(side.store.intent(), self.path, to: package("amf"))
            #expect(self.waits(await side.bridge.deliver(wanted)))
            side.forge.close(1)
            for bridge in [side.bridge, side.another("later")] {
                let reason = try #require(self.failure(await bridge.deliver(wanted)))
                #expect(reason.contains("pull request 1 (https://forge.example.org/pulls/1) was closed without a merge"))
            }
            #expect(try await side.branches() == [])
            #expect(side.forge.all == [1])
            wanted.execution += 1
            #expect(self.waits(await side.bridge.deliver(wanted)))
            #expect(side.forge.all == [1, 2] && side.forge.open == [2])
        }
    }

    @Test("an intent that is to end closes its pull request; one that was merged in that moment is told")
    func withdrawn() async throws {
        try await ForgeSide.with { side async throws in
            let wanted = request(side.store.intent(), self.path, to: package("amf"))
            #expect(self.waits(await side.bridge.deliver(wanted)))
            #expect(await side.another("later").withdraw(wanted) == .withdrawn)
            #expect(await side.bridge.withdraw(wanted) == .withdrawn)
            #expect(side.forge.open == [])
            #expect(try await side.branches() == [])

            let other = request(side.store.intent(), "edge/core5g/smf", to: package("smf"))
            #expect(self.waits(await side.bridge.deliver(other)))
            try await side.forge.merge(2)
            #expect(self.packages(await side.bridge.withdraw(other))?.map(\.revision) == ["v1"])

            let never = request(side.store.intent(), "edge/core5g/upf", to: package("upf"))
            #expect(await side.bridge.withdraw(never) == .withdrawn)
            #expect(side.forge.all == [1, 2])
        }
    }

    @Test("a forge that leaves open what it was asked to close is asked once a look")
    func leftOpen() async throws {
        try await ForgeSide.with { side async throws in
            let wanted = request(side.store.intent(), self.path, to: package("amf"))
            #expect(self.waits(await side.bridge.deliver(wanted)))
            side.forge.inject { method, _ in method == "PATCH" ? .ignored : nil }
            for look in 1...2 {
                #expect(self.waits(await side.bridge.withdraw(wanted)))
                #expect(side.forge.count(of: "PATCH") == look)
            }
            side.forge.inject(nil)
            #expect(await side.bridge.withdraw(wanted) == .withdrawn)
            #expect(side.forge.open == [])
        }
    }

    @Test("a package that somebody changes meanwhile is planned again, and the old pull request is closed")
    func stale() async throws {
        try await ForgeSide.with { side async throws in
            let first = request(side.store.intent(), self.path, to: package("amf"))
            #expect(self.waits(await side.bridge.deliver(first)))
            try await side.forge.merge(1)
            #expect(self.packages(await side.bridge.deliver(first)) != nil)
            var wanted = request(side.store.intent(), self.path, from: package("amf"), to: package("amf", replicas: 2), verb: .scale)
            #expect(self.waits(await side.bridge.deliver(wanted)))
            try await side.store.personWrites("\(self.path)/notes.txt", "by hand\n")
            #expect(await side.bridge.deliver(wanted) == .ended(.conflict(path: self.path)))
            #expect(side.forge.open == [])
            // Planned again on what is there.
            let edited = try #require(try await side.bridge.repository.files(path: self.path))
            var files = edited
            files[files.firstIndex { $0.path == "workload.yaml" } ?? 0].content = package("amf", replicas: 2)[1].content
            wanted = request(wanted.intentId, self.path, from: edited, to: files, verb: .scale)
            wanted.execution = 2
            #expect(self.waits(await side.bridge.deliver(wanted)))
            try await side.forge.merge(3, by: .squash)
            #expect(self.packages(await side.bridge.deliver(wanted))?.map(\.revision) == ["v2"])
        }
    }

    @Test("what nobody merges in time is closed, and fails with that reason")
    func late() async throws {
        try await ForgeSide.with(limit: .seconds(-2)) { side async throws in
            let wanted = request(side.store.intent(), self.path, to: package("amf"))
            let reason = try #require(self.failure(await side.bridge.deliver(wanted)))
            #expect(reason.contains("was not merged within"))
            #expect(side.forge.open == [])
            #expect(try await side.branches() == [])
        }
    }

    @Test("a lost answer, wherever it is lost, opens no second pull request", arguments: FakeForge.Kind.allCases)
    func lostAnswers(kind: FakeForge.Kind) async throws {
        for lost in ["POST", "PATCH", "GET"] {
            try await ForgeSide.with(kind) { side async throws in
                let isLost = Mutex(false)
                side.forge.inject { method, _ in
                    guard method == lost, !isLost.withLock({ $0 }) else { return nil }
                    isLost.withLock { $0 = true }
                    return .lostAnswer
                }
                let wanted = request(side.store.intent(), self.path, to: package("amf"))
                #expect(self.waits(try await side.bridge.deliverToDecision(wanted)), "\(lost)")
                #expect(side.forge.all == [1], "\(lost)")
                var outcome = await side.another("later").withdraw(wanted)
                for _ in 0..<20 where outcome != .withdrawn { outcome = await side.another("later").withdraw(wanted) }
                #expect(outcome == .withdrawn && side.forge.open == [], "\(lost): \(outcome)")
            }
        }
    }

    @Test("a death between any two steps leaves what the next process goes on with", arguments: PullRequestDelivery.Point.allCases)
    func deaths(point: PullRequestDelivery.Point) async throws {
        try await ForgeSide.with { side async throws in
            let wanted = request(side.store.intent(), self.path, to: package("amf"))
            // What is done at the forge up to this point, by a process that does not live to see the next one.
            switch point {
            case .pushed:
                let branch = PullRequestRun(delivery: side.bridge.delivery, request: wanted, repository: side.bridge.repository, isToEnd: false).branch
                guard case .pushed = try await side.another("dead").repository.propose(wanted, as: branch) else {
                    Issue.record("nothing was pushed")
                    return
                }
            case .opened, .adopted: #expect(self.waits(await side.another("dead").deliver(wanted)))
            }
            if point == .adopted {
                try await side.forge.merge(1, by: .rebase)
                #expect(self.packages(await side.another("dead").deliver(wanted)) != nil)
            }
            var outcome = await side.bridge.deliver(wanted)
            if point != .adopted {
                #expect(self.waits(outcome))
                try await side.forge.merge(1)
                outcome = await side.bridge.deliver(wanted)
            }
            #expect(self.packages(outcome)?.map(\.revision) == ["v1"])
            #expect(side.forge.all == [1])
            #expect(try await side.store.ask("tag") == "\(self.path)/v1")
            let own = try await side.store.ask("log", "--no-merges", "--format=%(trailers:key=Intent-Id,valueonly)", "main").split(separator: "\n")
            #expect(own.map(String.init) == [wanted.intentId.description])
        }
    }

    @Test("a forge that is away is waited for once something may be open there; before, it is a fault that may pass, and a wrong token one that is told")
    func away() async throws {
        try await ForgeSide.with { side async throws in
            let wanted = request(side.store.intent(), self.path, to: package("amf"))
            side.forge.inject { _, _ in .status(401) }
            guard case .ended(.failed(let reason, mayRetry: true)) = await side.bridge.deliver(wanted) else {
                Issue.record("a stranger was let in")
                return
            }
            #expect(reason.contains("401"))
            side.forge.inject(nil)
            #expect(self.waits(await side.bridge.deliver(wanted)))
            await side.forge.stop()
            for _ in 0..<3 { #expect(self.waits(await side.bridge.deliver(wanted))) }
            try await side.forge.restart()
            try await side.forge.merge(1)
            try await eventually(within: .seconds(40)) { self.packages(await side.bridge.deliver(wanted))?.map(\.revision) == ["v1"] }
            #expect(side.forge.all == [1])
        }
    }

    @Test("many at a time, through two bridges that were handed the same work, are one pull request each")
    func many() async throws {
        try await ForgeSide.with { side async throws in
            let requests = (0..<12).map { request(side.store.intent(), "edge/core5g/amf-\($0)", to: package("amf-\($0)")) }
            let other = side.another("b")
            _ = await side.bridge.delivery.deliver(requests, reading: side.bridge.repository)
            _ = await other.delivery.deliver(requests, reading: other.repository)
            #expect(side.forge.all.count == requests.count)
            for (index, number) in side.forge.open.enumerated() {
                try await side.forge.merge(number, by: FakeForge.MergeStyle.allCases[index % 3], removingBranch: index.isMultiple(of: 2))
            }
            let outcomes = await other.delivery.deliver(requests, reading: other.repository)
            #expect(outcomes.allSatisfy { self.packages($0)?.map(\.revision) == ["v1"] })
            #expect(await side.bridge.delivery.deliver(requests, reading: side.bridge.repository) == outcomes)
            #expect(try await side.store.ask("tag").split(separator: "\n").count == requests.count)
            await other.repository.stop()
        }
    }
}

/// The way of a pull request, step by step.
@Suite struct PullRequestStepTests {
    private static func pull(_ state: PullRequest.State, isMerged: Bool = false) -> PullRequest {
        let branch = PullRequest.Branch(label: "o:b", ref: "b", sha: "s")
        return PullRequest(
            number: 1, state: state, mergedAt: isMerged ? "2026-01-01T00:00:00Z" : nil, mergeCommit: "m", head: branch, base: branch,
            createdAt: "2026-01-01T00:00:00Z")
    }

    @Test("each state has one next step")
    func steps() {
        func next(_ pull: PullRequest?, isToEnd: Bool = false, isCurrent: Bool = true, isLate: Bool = false) -> PullRequestStep {
            PullRequestStep.next(pull, isToEnd: isToEnd, isCurrent: isCurrent, isLate: isLate)
        }
        #expect(next(nil) == .open)
        #expect(next(nil, isToEnd: true) == .ended(.withdrawn))
        #expect(next(nil, isCurrent: false) == .ended(.conflict))
        #expect(next(Self.pull(.open)) == .wait)
        #expect(next(Self.pull(.open), isToEnd: true, isLate: true) == .close(.withdrawn))
        #expect(next(Self.pull(.open), isCurrent: false) == .close(.conflict))
        #expect(next(Self.pull(.open), isLate: true) == .close(.late))
        #expect(next(Self.pull(.closed)) == .ended(.refused))
        #expect(next(Self.pull(.closed), isLate: true) == .ended(.late))
        for (isToEnd, isCurrent, isLate) in [(false, true, false), (true, true, false), (false, false, true)] {
            #expect(next(Self.pull(.closed, isMerged: true), isToEnd: isToEnd, isCurrent: isCurrent, isLate: isLate) == .merged)
        }
    }

    @Test("both forges' ways to name a branch are understood, and others' branches are not ours")
    func names() {
        func branch(_ label: String, _ ref: String) -> PullRequest.Branch { PullRequest.Branch(label: label, ref: ref, sha: "s") }
        #expect(branch("nephoran-1-1", "nephoran-1-1").isNamed("nephoran-1-1"))
        #expect(branch("operators:nephoran-1-1", "nephoran-1-1").isNamed("nephoran-1-1"))
        #expect(branch("nephoran-1-1", "refs/pull/7/head").isNamed("nephoran-1-1"))
        #expect(!branch("nephoran-1-11", "nephoran-1-11").isNamed("nephoran-1-1"))
        #expect(!branch("operators:x-nephoran-1-1", "x-nephoran-1-1").isNamed("nephoran-1-1"))
    }
}
