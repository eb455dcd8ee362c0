import Foundation
import IntentModel
import Ledger
import Logging
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import ORANAdaptor

/// What intents configured on an element, compared again: OpenSSH's own server with a NETCONF server behind it, a ledger on a Redis of its own.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ElementDriftTests {
    private static let share = "nephoran.rrm.cell-5.sst-1.plmn-310-410"
    private static let key = DesiredObject.Key(managedClass: RRMPolicyRatio.className, attribute: nil, id: Self.share)
    private static let cell = "ManagedElement=1,GNBDUFunction=1,NRCellDU=5"
    private static let gNB = FakeNETCONF.gNB(
        cells: [
            .init(id: "5", localID: 5, state: "UNLOCKED", carrier: "s5", operational: "ENABLED"),
            .init(id: "6", localID: 6, state: "UNLOCKED", carrier: nil, operational: "DISABLED"),
            .init(id: "7", localID: 7, state: "LOCKED", carrier: nil, operational: "DISABLED"),
        ], carriers: ["s5": 20_000])

    private struct Running {
        let device: FakeNETCONF
        let client: ElementClient
        let configuration: ElementConfiguration
        let ledger: Ledger
        let intents: ElementIntents
        let objects: DesiredObjects
        let alarms: AlarmBoard

        func inspection(restores: Bool = false, instance: String = "one", acts: Bool = true) -> ElementInspection {
            let logger = Logger(label: "test")
            return ElementInspection(
                configuration: self.configuration,
                drift: ElementDrift(
                    configuration: self.configuration, desired: self.objects, deviations: self.intents.deviations,
                    fulfilment: ElementFulfilment(intents: self.intents, alarms: self.alarms, degrades: .critical), restores: restores, instance: instance,
                    claim: .seconds(60), acts: { acts }, logger: logger), logger: logger)
        }

        func look(restores: Bool = false, instance: String = "one", acts: Bool = true) async {
            await self.inspection(restores: restores, instance: instance, acts: acts).look(at: self.client)
        }

        /// An intent that is in effect, configured by the stage's own means.
        func fulfilled(_ changes: [PolicyChange]) async throws -> IntentID {
            let id = try await self.ledger.fulfilled(changes)
            #expect(try await self.objects.begin(changes))
            guard case .applied = await ElementExecutor(self.configuration).apply(changes) else { throw Unapplied() }
            try await self.intents.record(changes, of: id)
            try await self.objects.settle(changes, of: id)
            return id
        }

        func state(_ id: IntentID) async throws -> Verification.State? { try await self.ledger.verification(of: id)?.state }
        func lastCheck(_ id: IntentID) async throws -> String? { try await self.ledger.verification(of: id)?.checks.last }
        func deviations() async throws -> [Deviation] { try await self.intents.deviations.deviations(of: "du-3") }
        var ratio: String? { self.device.shares[ElementDriftTests.share]?.all("rRMPolicyMinRatio").first?.text }
        var edits: Int { self.device.operations.count { $0 == "edit-config" } }

        func setRatio(_ percent: Int) {
            self.device.change { root in
                guard let at = root.children.firstIndex(where: { $0.child("id")?.text == ElementDriftTests.share }),
                    let inside = root.children[at].children.firstIndex(where: { $0.name == "attributes" }),
                    let leaf = root.children[at].children[inside].children.firstIndex(where: { $0.name == "rRMPolicyMinRatio" })
                else { return }
                root.children[at].children[inside].children[leaf].text = "\(percent)"
            }
        }
    }

    private struct Unapplied: Error {}

    private static func put(_ least: Int, previous: String = "") -> PolicyChange {
        PolicyChange(
            policyId: self.share, policyType: "RRMPolicyRatio", ric: "du-3", change: .put,
            document: #"{"rRMPolicyMemberList":[{"mcc":"310","mnc":"410","sd":"FFFFFF","sst":1}],"rRMPolicyMinRatio":\#(least),"resourceType":"PRB"}"#,
            previous: previous, interface: .o1)
    }

    private static func configure(_ document: String) -> PolicyChange {
        PolicyChange(policyId: self.cell, policyType: "NRCellDU", ric: "du-3", change: .put, document: document, previous: "{}", interface: .o1)
    }

    private func withElement(_ body: (Running) async throws -> Void) async throws {
        let server = try await RedisServer.start(appendOnly: true)
        var settings = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        settings.allowsVolatile = true
        let redis = RedisClient(settings.redis, label: "test")
        defer {
            redis.stop()
            server.stop()
        }
        let ledger = Ledger(settings, redis: redis)
        try await ledger.open()
        try await ElementSide.with(configuration: Self.gNB) { side async throws in
            let client = try side.client()
            let configuration = try side.configuration(client)
            try await body(
                Running(
                    device: side.device, client: client, configuration: configuration, ledger: ledger, intents: ElementIntents(redis: redis, ledger: ledger),
                    objects: DesiredObjects(redis: redis), alarms: AlarmBoard(redis: redis)))
        }
    }

    @Test("what somebody changed at the element is told, degrades its intent and stays; it is over when it is as it was wanted")
    func told() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30)])
            await running.look()
            #expect(try await running.state(id) == .observed)
            #expect(try await running.deviations().isEmpty)
            running.setRatio(10)
            for _ in 0..<2 { await running.look() }
            #expect(try await running.state(id) == .degraded)
            #expect(try await running.lastCheck(id) == "degraded: RRMPolicyRatio=\(Self.share) of du-3: rRMPolicyMinRatio is 10 and not 30")
            let deviation = try #require(try await running.deviations().first)
            #expect(deviation.difference.expected == ["rRMPolicyMinRatio": 30] && deviation.difference.found == ["rRMPolicyMinRatio": 10])
            #expect(deviation.intent == id.description && deviation.object == Self.share && deviation.refusal == nil)
            #expect(running.ratio == "10" && running.edits == 1, "nobody has said that it may be put back")
            let record = try #require(try await running.ledger.read(id)?.record())
            #expect(record.history.count { $0.by == "oran-adaptor" } == 1, "a repeat says nothing more")

            running.setRatio(12)
            await running.look()
            #expect(try await running.deviations().map(\.since) == [deviation.since])
            #expect(try await running.lastCheck(id)?.hasSuffix("is 12 and not 30") == true)
            running.setRatio(30)
            await running.look()
            #expect(try await running.state(id) == .observed)
            #expect(try await running.lastCheck(id) == "no longer degraded: du-3 has RRMPolicyRatio=\(Self.share) as it is to be")
            #expect(try await running.deviations().isEmpty)
        }
    }

    @Test("an object that is gone is told, and so is an attribute of a cell; each by itself, and the intent is well when neither is left")
    func gone() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30), Self.configure(#"{"administrativeState":"LOCKED","nRPCI":7}"#)])
            running.device.change { $0.children.removeAll { $0.name == "RRMPolicyRatio" } }
            running.device.set("nRPCI", to: "8", of: Self.cell)
            await running.look()
            let found = try await running.deviations()
            #expect(found.map(\.difference.words) == ["nRPCI is 8 and not 7", "it is not there"])
            running.device.set("nRPCI", to: "7", of: Self.cell)
            await running.look()
            #expect(try await running.state(id) == .degraded)
            #expect(try await running.deviations().map(\.managedClass) == ["RRMPolicyRatio"])
            guard case .applied = await ElementExecutor(running.configuration).apply([Self.put(30)]) else { throw Unapplied() }
            await running.look()
            #expect(try await running.state(id) == .observed)
        }
    }

    @Test("where the operator says so it is put back, once, with the words of the element where that refuses it")
    func restored() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30), Self.configure(#"{"administrativeState":"LOCKED"}"#)])
            running.setRatio(10)
            running.device.set("administrativeState", to: "UNLOCKED", of: Self.cell)
            for _ in 0..<2 { await running.look(restores: true) }
            #expect(running.ratio == "30" && running.device.value(of: Self.cell, "administrativeState") == "LOCKED")
            #expect(running.edits == 4)
            #expect(try await running.state(id) == .observed)
            #expect(try await running.deviations().isEmpty)

            running.device.set { $0.most["rRMPolicyMinRatio"] = 20 }
            running.setRatio(10)
            await running.look(restores: true)
            #expect(running.ratio == "10")
            #expect(try await running.state(id) == .degraded)
            #expect(try await running.lastCheck(id)?.contains("it could not be put back: du-3: invalid-value: rRMPolicyMinRatio is at most 20 here") == true)
            running.device.set { $0.most = [:] }
            await running.look(restores: true)
            #expect(running.ratio == "30")
            #expect(try await running.state(id) == .observed)
        }
    }

    @Test("what an intent is changing is left alone; while something is put back no change begins")
    func changing() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30)])
            #expect(try await running.objects.begin([Self.put(40)]))
            running.setRatio(10)
            await running.look(restores: true)
            #expect(running.ratio == "10" && running.edits == 1)
            #expect(try await running.state(id) == .observed)
            try await running.objects.abandon([Self.put(40)])
            try await running.objects.beginRestoring("du-3", for: .seconds(60))
            #expect(try await running.objects.begin([Self.put(40)]) == false)
            #expect(try await running.objects.beginByHand(Self.key, at: "du-3") == false)
            try await running.objects.settleByHand(Self.key, at: "du-3", isChanged: false)
            try await running.objects.endRestoring("du-3")
            #expect(try await running.objects.begin([Self.put(40)]))
        }
    }

    @Test("one look at a time; who asks meanwhile makes it look once more, however many ask")
    func oneLook() {
        let looks = ElementLooks()
        #expect(looks.begin("du-3") && looks.begin("du-4"))
        for _ in 0..<3 { #expect(!looks.begin("du-3")) }
        #expect(looks.end("du-3"), "once more")
        #expect(!looks.end("du-3") && !looks.end("du-4"))
        #expect(looks.begin("du-3"))
    }

    @Test("what a later intent, or a person, wants instead is no deviation; undone, the earlier intent's wish stands again")
    func replaced() async throws {
        try await self.withElement { running async throws in
            let first = try await running.fulfilled([Self.put(30)])
            running.setRatio(10)
            await running.look()
            #expect(try await running.state(first) == .degraded)
            let second = try await running.fulfilled([Self.put(40)])
            await running.look()
            #expect(try await running.state(first) == .observed)
            #expect(try await running.state(second) == .observed)
            // Undone, it is as the plan found it, and not as the earlier intent wants it.
            guard case .applied = await ElementExecutor(running.configuration).apply([Self.put(10)]) else { throw Unapplied() }
            try await running.objects.undo([Self.put(10)], of: second)
            await running.look()
            #expect(try await running.state(first) == .degraded)
            // What somebody tried by hand, and the element did not take, is the intent's still.
            #expect(try await running.objects.beginByHand(Self.key, at: "du-3"))
            #expect(try await running.objects.object(Self.key, at: "du-3") == .changing)
            try await running.objects.settleByHand(Self.key, at: "du-3", isChanged: false)
            await running.look()
            #expect(try await running.state(first) == .degraded)
            #expect(try await running.objects.beginByHand(Self.key, at: "du-3"))
            try await running.objects.settleByHand(Self.key, at: "du-3", isChanged: true)
            await running.look()
            #expect(try await running.state(first) == .observed)
            #expect(try await running.lastCheck(first)?.hasSuffix("is not the intent's any more") == true)
            #expect(try await running.deviations().isEmpty)
        }
    }

    @Test("an alarm that is over does not make well what deviates, and the other way round")
    func besideAlarms() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30)])
            let listener = EventListener(
                elements: ["du-3"], alarms: running.alarms, intents: running.intents, degrades: .critical, logger: Logger(label: "test"))
            func alarm(_ severity: String, second: Int) async throws {
                try await listener.take(try CommonEvent(EventTests.event(severity, at: 1_700_000_000_000_000 + second * 1_000_000), try CommonEventFormat()))
            }
            running.setRatio(10)
            await running.look()
            try await alarm("CRITICAL", second: 0)
            try await alarm("NORMAL", second: 1)
            #expect(try await running.state(id) == .degraded)
            try await alarm("CRITICAL", second: 2)
            running.setRatio(30)
            await running.look()
            #expect(try await running.deviations().isEmpty)
            #expect(try await running.state(id) == .degraded)
            try await alarm("NORMAL", second: 3)
            #expect(try await running.state(id) == .observed)
        }
    }

    @Test("of two instances one compares, and one whose installation stands by does not")
    func instances() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30)])
            running.setRatio(10)
            await running.look(acts: false)
            #expect(try await running.deviations().isEmpty)
            running.setRatio(30)
            await running.look(instance: "one")
            running.setRatio(10)
            await running.look(instance: "two")
            #expect(try await running.state(id) == .observed)
            await running.look(instance: "one")
            #expect(try await running.state(id) == .degraded)
        }
    }

    @Test("a look shows the cells that are to work and do not; an element that refuses its state is looked at all the same")
    func cells() async throws {
        try await self.withElement { running async throws in
            await running.look()
            #expect(running.client.report.cells == .init(count: 3, disabled: ["ManagedElement=1,GNBDUFunction=1,NRCellDU=6"]))
            let managedClass = try #require(running.configuration.classes["NRCellDU"])
            let objects = try await running.configuration.objects(of: managedClass, on: running.client)
            #expect(objects.map { $0.attributes["operationalState"] } == ["ENABLED", "DISABLED", "DISABLED"])
            #expect(objects.first?.attributes["cellLocalId"] == 5)
            running.device.set { $0.showsState = false }
            await running.look()
            #expect(running.client.report.cells == nil && running.client.report.state == .connected)
            #expect(try await running.configuration.objects(of: managedClass, on: running.client).count == 3)
            #expect(running.client.report.revision != nil)
            running.device.set {
                $0.showsState = true
                $0.lacks = ["RRMPolicyRatio"]
            }
            await running.look()
            #expect(running.client.report.revision == nil && running.client.report.cells?.count == 3 && running.client.report.lastError == nil)
        }
    }

    // MARK: Notifications

    private func withSubscription(_ running: Running, _ body: () async throws -> Void) async throws {
        let subscriptions = ElementSubscriptions(running.inspection(), interval: .seconds(60), pause: .milliseconds(50))
        // What tells that it answers, and can.
        await running.look()
        let task = Task { try await subscriptions.run() }
        do {
            try await eventually { running.device.subscriptions == 1 }
            try await body()
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        try await task.value
    }

    @Test("an element that tells of a change is looked at at once; a session that is lost is made again, and what came in between is seen")
    func notified() async throws {
        try await self.withElement { running async throws in
            let id = try await running.fulfilled([Self.put(30)])
            try await self.withSubscription(running) { () async throws in
                running.setRatio(10)
                try await eventually { try await running.state(id) == .degraded }
                #expect(running.client.report.isSubscribed)
                running.device.dropSubscriptions()
                try await eventually { running.device.subscriptions == 0 }
                running.setRatio(30)
                try await eventually { try await running.state(id) == .observed }
                try await eventually { running.device.subscriptions == 1 }
            }
            try await eventually { running.device.subscriptions == 0 }
            #expect(!running.client.report.isSubscribed)
        }
    }

    @Test("what is no notification, or too long a one, ends the session, which is made again; a flood of changes is a few looks")
    func rubbish() async throws {
        try await self.withElement { running async throws in
            _ = try await running.fulfilled([Self.put(30)])
            let device = running.device
            func count(_ operation: String) -> Int { device.operations.count { $0 == operation } }
            try await self.withSubscription(running) { () async throws in
                let long = "<notification>" + String(repeating: " ", count: 2 << 20) + "</notification>"
                for (index, message) in ["220 welcome", long].enumerated() {
                    try await offPool { device.tell(message) }
                    try await eventually(within: .seconds(20)) { count("create-subscription") == index + 2 && device.subscriptions == 1 }
                }
                let looks = count("get")
                for _ in 0..<100 { device.change { _ in } }
                // What is seen after all of them says that they were looked at.
                running.setRatio(10)
                try await eventually { try await running.deviations().count == 1 }
                #expect(count("get") > looks && count("get") < looks + 20)
                #expect(running.client.report.isSubscribed && running.client.report.state == .connected)
            }
        }
    }

    @Test("an element that takes no filter is asked for everything, one that tells nothing is not asked")
    func subscribing() async throws {
        try await self.withElement { running async throws in
            running.device.set { $0.filtersNotifications = false }
            try await self.withSubscription(running) { () async throws in
                #expect(running.device.operations.count { $0 == "create-subscription" } == 2)
            }
        }
        try await self.withElement { running async throws in
            running.device.set { $0.notifies = false }
            let subscriptions = ElementSubscriptions(running.inspection(), interval: .milliseconds(10), pause: .milliseconds(1))
            await running.look()
            let sessions = running.device.sessions
            let task = Task { try await subscriptions.run() }
            // As many looks as it takes to be sure that it had its turn.
            for _ in 0..<5 { await running.look() }
            task.cancel()
            try await task.value
            #expect(!running.device.operations.contains("create-subscription"))
            #expect(running.device.sessions == sessions + 5)
        }
    }
}
