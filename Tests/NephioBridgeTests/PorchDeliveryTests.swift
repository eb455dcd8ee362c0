import Foundation
import IntentModel
import JSONSchema
import Kubernetes
import Synchronization
import TestSupport
import Testing

@testable import NephioBridge

/// Packages published through Porch, in front of its API with its rules and a real repository behind it.
@Suite(.timeLimit(.minutes(2))) struct PorchDeliveryTests {
    private static let path = "default/core5g/amf"

    private static func packages(_ outcome: DeliveryOutcome) -> [PublishedPackage]? {
        if case .ended(.published(let packages)) = outcome { packages } else { nil }
    }
    private static func failure(_ outcome: DeliveryOutcome) -> String? { if case .ended(.failed(let reason, false)) = outcome { reason } else { nil } }
    private static func waits(_ outcome: DeliveryOutcome) -> Bool { if case .waiting = outcome { true } else { false } }

    @Test("a package is made, changed and removed: draft, files, proposal, approval, commit; each read back", arguments: PorchVersion.allCases)
    func lifecycle(version: PorchVersion) async throws {
        try await PorchSide.with(version) { side async throws in
            let (first, second, third) = (side.store.intent(), side.store.intent(), side.store.intent())
            let made = try #require(Self.packages(await side.deliver(request(first, Self.path, to: package("amf")))))
            #expect(made.map(\.revision) == ["v1"])
            #expect(try await side.store.ask("rev-parse", "refs/tags/\(Self.path)/v1") == made[0].commit)
            let revision = try #require(try await side.revision(Self.path, first))
            #expect(revision.lifecycle == .published && revision[PorchRevision.Annotation.intent] == first.description)
            let approvals = side.server.requests.filter { $0.contains("/approval ") }
            #expect(approvals.count == (version == .v1alpha1 ? 1 : 0))

            let changed = try #require(
                Self.packages(await side.deliver(request(second, Self.path, from: package("amf"), to: package("amf", replicas: 3), verb: .scale))))
            #expect(changed.map(\.revision) == ["v2"])
            #expect(try await side.store.ask("show", "main:\(Self.path)/workload.yaml").contains("replicas: 3"))
            let source = try #require(try await side.revision(Self.path, second)?.object.spec)
            let named = version == .v1alpha1 ? source["tasks"]?[0]?["edit"]?["sourceRef"]?["name"] : source["source"]?["copyFrom"]?["name"]
            #expect(named?.string == revision.name)

            let gone = try #require(Self.packages(await side.deliver(request(third, Self.path, from: package("amf", replicas: 3), to: nil, verb: .remove))))
            #expect(gone.map(\.change) == [.delete])
            #expect(side.server.objects("packagerevisions").isEmpty && side.server.objects("packagerevisionresources").isEmpty)
            #expect(try await side.store.ask("ls-tree", "-r", "--name-only", "main", "default/").isEmpty)

            for (packages, change) in [(gone, change(Self.path, from: package("amf", replicas: 3), to: nil))] {
                let checks = try await side.repository.verify([(packages, [change])], isCommittedElsewhere: true)[0]
                #expect(!checks.isEmpty && checks.allSatisfy { $0.passed }, "\(checks)")
            }
        }
    }

    @Test("what is published is read back from the branch and its tag")
    func verified() async throws {
        try await PorchSide.with { side async throws in
            let made = try #require(Self.packages(await side.deliver(request(side.store.intent(), Self.path, to: package("amf")))))
            let checks = try await side.repository.verify([(made, [change(Self.path, to: package("amf"))])], isCommittedElsewhere: true)[0]
            #expect(checks.count == 3 && checks.allSatisfy { $0.passed }, "\(checks)")
            #expect(try await side.repository.tree(of: #require(PackagePath(Self.path)), in: made[0].commit) == change(Self.path, to: package("amf")).result)
        }
    }

    /// Every write of the way is cut off, before or after its effect; whoever comes next goes on.
    @Test("a death at any write leaves one revision and one commit", arguments: PorchVersion.allCases, [false, true])
    func crashes(version: PorchVersion, isAfter: Bool) async throws {
        for fatal in 0..<4 {
            try await PorchSide.with(version) { side async throws in
                let writes = Mutex(0)
                side.server.inject { method, path in
                    guard method != "GET", path.contains("porch.kpt.dev") else { return nil }
                    let number = writes.withLock { count in
                        defer { count += 1 }
                        return count
                    }
                    return number == fatal ? (isAfter ? .dropAfter : .dropBefore) : nil
                }
                let id = side.store.intent()
                let outcome = try await side.deliverToTheEnd(request(id, Self.path, to: package("amf")))
                #expect(Self.packages(outcome)?.map(\.revision) == ["v1"], "write \(fatal): \(outcome)")
                #expect(side.lifecycles == ["Published"])
                #expect(try await side.store.revisions() == 1)
                // Once more, as after a lost acknowledgement.
                let again = await side.deliver(request(id, Self.path, to: package("amf"), repeated: true))
                #expect(again == outcome)
                #expect(try await side.store.revisions() == 1)
            }
        }
    }

    @Test("conflicts, overload and cut connections change nothing about the end", arguments: PorchVersion.allCases)
    func rough(version: PorchVersion) async throws {
        try await PorchSide.with(version) { side async throws in
            let calls = Mutex(0)
            side.server.inject { method, path in
                guard path.contains("porch.kpt.dev") else { return nil }
                let number = calls.withLock { count in
                    count += 1
                    return count
                }
                switch number % 9 {
                case 2 where method != "GET": return .status(409, reason: "Conflict")
                case 4: return .status(503, reason: "ServiceUnavailable")
                case 6: return .dropAfter
                default: return nil
                }
            }
            let ids = (0..<6).map { _ in side.store.intent() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, id) in ids.enumerated() {
                    group.addTask {
                        let outcome = try await side.deliverToTheEnd(request(id, "default/core5g/amf-\(number)", to: package("amf-\(number)")))
                        #expect(Self.packages(outcome)?.map(\.revision) == ["v1"], "\(outcome)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(side.lifecycles == Array(repeating: "Published", count: ids.count))
            #expect(try await side.store.revisions() == ids.count)
        }
    }

    @Test("of two intents with one base one is published, the other plans again and leaves no draft")
    func race() async throws {
        try await PorchSide.with { side async throws in
            let requests = (1...4).map { request(side.store.intent(), Self.path, to: package("amf", replicas: $0)) }
            let outcomes = await side.delivery.deliver(requests, reading: side.repository)
            #expect(outcomes.filter { Self.packages($0) != nil }.count == 1)
            #expect(outcomes.filter { $0 == .ended(.conflict(path: Self.path)) }.count == 3)
            #expect(side.lifecycles == ["Published"])
        }
    }

    @Test("a person's edit on the branch is kept: the plan is made again")
    func edited() async throws {
        try await PorchSide.with { side async throws in
            _ = await side.deliver(request(side.store.intent(), Self.path, to: package("amf")))
            try await side.store.personWrites("\(Self.path)/workload.yaml", "kind: Deployment\n")
            let outcome = await side.deliver(request(side.store.intent(), Self.path, from: package("amf"), to: package("amf", replicas: 2)))
            #expect(outcome == .ended(.conflict(path: Self.path)))
            #expect(side.lifecycles == ["Published"])
        }
    }

    @Test("all packages of an intent are proposed before the first is approved; one that cannot be takes the others back")
    func together() async throws {
        try await PorchSide.with { side async throws in
            side.server.setRenderError { $0.contains("bad") ? "function starlark: bad replicas" : nil }
            var both = request(side.store.intent(), Self.path, to: package("amf"))
            both.changes.append(change("default/core5g/smf", to: package("smf", function: "bad")))
            both.files["default/core5g/smf"] = package("smf", function: "bad")
            let reason = try #require(Self.failure(await side.deliver(both)))
            #expect(reason.contains("function starlark: bad replicas"))
            #expect(side.lifecycles.isEmpty)
            #expect(try await side.store.revisions() == 0)
        }
    }

    @Test("where a person approves in Porch the intent waits; approved it is published, rejected it fails and nothing is left", arguments: [true, false])
    func persons(isApproved: Bool) async throws {
        try await PorchSide.with(approves: false) { side async throws in
            let id = side.store.intent()
            let wanted = request(id, Self.path, to: package("amf"))
            #expect(Self.waits(await side.deliver(wanted)))
            #expect(Self.waits(await side.deliver(wanted)))
            let proposal = try #require(try await side.revision(Self.path, id))
            #expect(proposal.lifecycle == .proposed)
            try await side.delivery.client.decide(proposal, isApproved ? .published : .draft)
            let outcome = await side.deliver(wanted)
            if isApproved {
                #expect(Self.packages(outcome)?.map(\.revision) == ["v1"])
            } else {
                #expect(Self.failure(outcome)?.contains("rejected") == true)
                #expect(side.lifecycles.isEmpty)
            }
        }
    }

    private func pair(_ id: IntentID) -> PublishRequest {
        var both = request(id, Self.path, to: package("amf"))
        both.changes.append(change("default/core5g/smf", to: package("smf", function: "SMF")))
        both.files["default/core5g/smf"] = package("smf", function: "SMF")
        return both
    }

    @Test("an approval that fails for one of several packages leaves no proposal, and tells which are published", arguments: PorchVersion.allCases)
    func approvedInPart(version: PorchVersion) async throws {
        try await PorchSide.with(version) { side async throws in
            let id = side.store.intent()
            let name = PorchRevision.name(
                repository: PorchSide.repositoryName, path: try #require(PackagePath("default/core5g/smf")),
                workspace: PorchDelivery.workspacePrefix + id.description)
            // v1alpha2 has no subresource for it: the update after the proposal is the approval.
            let updates = Mutex(0)
            side.server.inject { method, path in
                guard method == "PUT", path.contains("packagerevisions/\(name)") else { return nil }
                let count = updates.withLock { count in
                    count += 1
                    return count
                }
                return path.hasSuffix("/approval") || (version == .v1alpha2 && count > 1) ? .status(403, reason: "Forbidden") : nil
            }
            guard case .partial(let packages, let reason) = await side.deliver(self.pair(id)) else {
                Issue.record("not published in part")
                return
            }
            #expect(packages.map(\.path) == [Self.path] && packages.map(\.revision) == ["v1"])
            #expect(reason.contains("403") || reason.contains("Forbidden"), "\(reason)")
            #expect(side.lifecycles == ["Published"])
            #expect(try await side.store.revisions() == 1)
        }
    }

    @Test("an intent that is to end takes its proposals back; what a person approved before is told", arguments: [false, true])
    func cancelled(isApprovedInPart: Bool) async throws {
        try await PorchSide.with(approves: false) { side async throws in
            let id = side.store.intent()
            let both = self.pair(id)
            #expect(Self.waits(await side.deliver(both)))
            #expect(side.lifecycles == ["Proposed", "Proposed"])
            if isApprovedInPart {
                let proposal = try #require(try await side.revision(Self.path, id))
                try await side.delivery.client.decide(proposal, .published)
            }
            for _ in 0..<2 {
                let outcome = await side.delivery.withdraw(both, reading: side.repository)
                if isApprovedInPart {
                    #expect(Self.packages(outcome)?.map(\.path) == [Self.path])
                } else {
                    #expect(outcome == .withdrawn)
                }
                #expect(side.lifecycles == (isApprovedInPart ? ["Published"] : []))
            }
            #expect(try await side.store.revisions() == (isApprovedInPart ? 1 : 0))
        }
    }

    @Test("a removal that nobody has approved yet is taken back")
    func cancelledRemoval() async throws {
        try await PorchSide.with { side async throws in
            #expect(Self.packages(await side.deliver(request(side.store.intent(), Self.path, to: package("amf")))) != nil)
            var waiting = side.delivery
            waiting = PorchDelivery(client: waiting.client, approves: false, limit: .seconds(60))
            waiting.patience = .seconds(1)
            let removal = request(side.store.intent(), Self.path, from: package("amf"), to: nil, verb: .remove)
            #expect(Self.waits(await waiting.deliver(removal, reading: side.repository)))
            #expect(side.lifecycles == ["DeletionProposed"])
            #expect(await waiting.withdraw(removal, reading: side.repository) == .withdrawn)
            #expect(side.lifecycles == ["Published"])
        }
    }

    @Test("what Porch says is what the intent says: a repository that is not registered, and a time that is over")
    func refusals() async throws {
        try await PorchSide.with { side async throws in
            let client = PorchClient(kubernetes: side.kubernetes, version: .v1alpha1, namespace: "porch", repository: "elsewhere")
            let elsewhere = PorchDelivery(client: client, approves: true, limit: .seconds(60))
            let outcome = await elsewhere.deliver(request(side.store.intent(), Self.path, to: package("amf")), reading: side.repository)
            #expect(Self.failure(outcome)?.contains("repositories.config.porch.kpt.dev \"elsewhere\" not found") == true)
        }
        try await PorchSide.with(approves: false, limit: .seconds(-1)) { side async throws in
            let outcome = await side.deliver(request(side.store.intent(), Self.path, to: package("amf")))
            #expect(Self.failure(outcome)?.contains("within") == true)
            #expect(side.lifecycles.isEmpty)
        }
    }

    @Test("a Porch that is away is waited for, and the intent is published when it is back")
    func away() async throws {
        try await PorchSide.with { side async throws in
            await side.server.stop()
            let wanted = request(side.store.intent(), Self.path, to: package("amf"))
            guard case .ended(.failed(_, mayRetry: true)) = await side.deliver(wanted) else {
                Issue.record("published by nobody")
                return
            }
            try await side.server.restart()
            #expect(Self.packages(try await side.deliverToTheEnd(wanted))?.map(\.revision) == ["v1"])
        }
    }

    @Test("requests of one package are one chain, those of others another")
    func chains() {
        let id = IntentID(partition: 0, milliseconds: 0)
        func wanted(_ paths: String...) -> PublishRequest {
            var request = request(id, paths[0], to: package("a"))
            for path in paths.dropFirst() { request.changes.append(change(path, to: package("a"))) }
            return request
        }
        let chains = PublishRequest.chains([wanted("c/n/a"), wanted("c/n/b"), wanted("c/n/a"), wanted("c/n/d"), wanted("c/n/b", "c/n/a")])
        #expect(Set(chains) == [[0, 1, 2, 4], [3]])
    }
}
