import Foundation
import IntentModel
import JSONSchema
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import ORANAdaptor

/// Against a NETCONF server that is not ours, with the modules of the 3GPP NRM.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RealServerTests {
    private static let share = RRMPolicyRatio(
        id: "nephoran.rrm.cell-5.sst-1.plmn-310-410", resourceType: "PRB", members: [.init(mcc: "310", mnc: "410", sst: 1, sd: nil)], minRatio: 30,
        maxRatio: 80, dedicatedRatio: nil)
    private static let cell = "ManagedElement=1,GNBDUFunction=1,NRCellDU=5"

    private func withServer(_ body: (ElementClient, ElementConfiguration) async throws -> Void) async throws {
        let daemon = try await offPool { try NETCONFDaemon() }
        defer { daemon.stop() }
        let element = ManagedElement(
            name: "du-3", address: "127.0.0.1", port: daemon.server.port, username: daemon.server.user, credential: .keyFile(daemon.server.clientKey),
            hostKey: .fingerprint(daemon.server.fingerprint))
        var guards = Upstream.Configuration()
        guards.timeout = .seconds(30)
        guards.concurrency = 1
        let client = ElementClient(element, upstream: Upstream("o1/du-3", guards), outbound: { nil })
        try await body(client, ElementConfiguration([client], classes: try ManagedClassCatalogue()))
    }

    private final class Changes: Sendable {
        private let seen = Mutex(0)
        var count: Int { self.seen.withLock { $0 } }
        var isEnough: Bool { self.isOver.withLock { $0 } }
        private let isOver = Mutex(false)
        func note() { self.seen.withLock { $0 += 1 } }
        func end() { self.isOver.withLock { $0 = true } }
    }

    @Test("a share is made, changed and taken away; a repeat changes nothing; what the model refuses is told in the server's words and changes nothing")
    func share() async throws {
        try await self.withServer { client, configuration async throws in
            let made = try await configuration.put(Self.share, on: client)
            #expect(made.changed && made.policy == Self.share.with(sd: "FFFFFF"))
            #expect(try await configuration.put(Self.share, on: client).changed == false)
            var other = Self.share
            other.members = [.init(mcc: "310", mnc: "410", sst: 2, sd: "00000A")]
            other.maxRatio = nil
            let changed = try await configuration.put(other, exactly: true, on: client)
            #expect(changed.changed && changed.policy.members.map(\.sst) == [2] && changed.policy.maxRatio == nil)
            var wrong = other
            wrong.members[0].mcc = "110"
            let error = await #expect(throws: O1Error.self) { try await configuration.put(wrong, on: client) }
            #expect(error?.kind == .rejected && error?.path?.contains("mcc") == true, "\(error?.description ?? "")")
            #expect(try await configuration.rrmPolicies(of: client) == [changed.policy])
            #expect(try await configuration.removeRRMPolicy(Self.share.id, on: client))
            #expect(try await configuration.removeRRMPolicy(Self.share.id, on: client) == false)
            #expect(try await configuration.rrmPolicies(of: client).isEmpty)
        }
    }

    @Test("a session that is lost before the confirmation leaves the server as it was")
    func lost() async throws {
        try await self.withServer { client, configuration async throws in
            let edit = Self.share.edit(of: nil)
            let error = await #expect(throws: O1Error.self) {
                try await client.inSession { session throws(O1Error) in
                    try session.change(edit) { () throws(O1Error) -> Bool in throw O1Error(.lost, element: "du-3", detail: "the cable is cut") }
                }
            }
            #expect(error?.kind == .lost)
            let other = ElementClient(client.element, upstream: Upstream("o1/other"), outbound: { nil })
            try await eventually(within: .seconds(20)) { try await configuration.rrmPolicies(of: other).isEmpty }
        }
    }

    @Test("attributes of a cell are read, set, compared and taken away; a cell that is not there is not made")
    func cell() async throws {
        try await self.withServer { client, configuration async throws in
            let seed = try XMLReader.read(Array(Self.seed.utf8))
            try await client.inSession { session throws(O1Error) in
                try session.change(seed) { () throws(O1Error) -> Bool in
                    try !session.getConfig("running", [XMLElement("ManagedElement", namespace: seed.namespace)]).children.isEmpty
                }
            }
            let managedClass = try #require(configuration.classes["NRCellDU"])
            #expect(try await configuration.objects(of: managedClass, on: client).map { $0.attributes["nRPCI"] } == [17])
            let executor = ElementExecutor(configuration)
            func apply(_ document: String, to name: String = Self.cell) async -> PolicyOutcome {
                await executor.apply([PolicyChange(policyId: name, policyType: "NRCellDU", ric: "du-3", change: .put, document: document, interface: .o1)])
            }
            let orders: [(String, PolicyChange.Change)] = [
                (#"{"nRPCI":301,"bSChannelBwDL":100}"#, .put), (#"{"nRPCI":301}"#, .none), (#"{"bSChannelBwDL":null}"#, .put),
            ]
            for (document, change) in orders {
                let outcome = await apply(document)
                guard case .applied(let applied) = outcome else { return #expect(Bool(false), "\(document): \(outcome)") }
                #expect(applied.map(\.change) == [change], "\(document)")
            }
            let cells = try await configuration.objects(of: managedClass, on: client)
            #expect(cells.map { $0.attributes["nRPCI"] } == [301])
            #expect(cells.map { $0.attributes["bSChannelBwDL"] } == [nil])
            let edits = try [#"{"nRPCI":17}"#, #"{"nRPCI":301}"#].map { try AttributeEdit(managedClass, name: Self.cell, document: $0) }
            let sight = try await configuration.sight(of: client, comparing: edits)
            #expect(sight.differences.map { $0?.words } == ["nRPCI is 301 and not 17", nil])
            #expect(sight.cells?.count == 1 && sight.shares?.isEmpty == true)
            guard case .failed(let problem) = await apply(#"{"nRPCI":301}"#, to: "ManagedElement=1,GNBDUFunction=1,NRCellDU=9") else {
                return #expect(Bool(false), "made")
            }
            #expect(problem.code == "o1_not_found")
        }
    }

    @Test("it tells of a change that another session makes")
    func notified() async throws {
        try await self.withServer { client, configuration async throws in
            let changes = Changes()
            async let following: Void = client.follow(while: { !changes.isEnough }, changed: { changes.note() })
            defer { changes.end() }
            try await eventually(within: .seconds(20)) { changes.count == 1 }
            #expect(client.report.isSubscribed)
            #expect(try await configuration.put(Self.share, on: client).changed)
            try await eventually(within: .seconds(20)) { changes.count >= 2 }
            changes.end()
            try await following
        }
    }

    private static let seed = """
        <ManagedElement xmlns="urn:3gpp:sa5:_3gpp-common-managed-element"><id>1</id><GNBDUFunction xmlns="urn:3gpp:sa5:_3gpp-nr-nrm-gnbdufunction"><id>1</id>\
        <NRCellDU xmlns="urn:3gpp:sa5:_3gpp-nr-nrm-nrcelldu"><id>5</id><attributes><cellLocalId>5</cellLocalId><administrativeState>UNLOCKED</administrativeState>\
        <nRPCI>17</nRPCI><arfcnDL>630000</arfcnDL><nRSectorCarrierRef>ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=s5</nRSectorCarrierRef></attributes>\
        </NRCellDU></GNBDUFunction></ManagedElement>
        """
}

extension RRMPolicyRatio {
    fileprivate func with(sd: String) -> RRMPolicyRatio {
        var copy = self
        for index in copy.members.indices { copy.members[index].sd = sd }
        return copy
    }
}
