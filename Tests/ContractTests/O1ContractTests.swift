import Foundation
import IntentModel
import JSONSchema
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import ORANAdaptor

/// Every message that goes to an element, and every configuration that is taken from one, against the YANG modules, by libyang.
@Suite(.serialized, .timeLimit(.minutes(3))) struct O1ContractTests {
    private static let share = RRMPolicyRatio(
        id: "nephoran.rrm.cell-5.sst-1.plmn-310-410", resourceType: "PRB", members: [.init(mcc: "310", mnc: "410", sst: 1, sd: nil)], minRatio: 30,
        maxRatio: 80, dedicatedRatio: 10)

    private final class Told: Sendable {
        private let value = Mutex(false)
        var isSo: Bool { self.value.withLock { $0 } }
        func note() { self.value.withLock { $0 = true } }
    }

    /// One value of each attribute, where a document only asks for it.
    private static let samples: [String: String] = [
        "id": "1", "administrativeState": "LOCKED", "operationalState": "ENABLED", "cellState": "ACTIVE", "nRPCI": "1", "arfcnDL": "1", "arfcnUL": "1",
        "bSChannelBwDL": "100", "cellLocalId": "1", "nRSectorCarrierRef": "ManagedElement=1", "configuredMaxTxPower": "1", "cesSwitch": "true",
        "energySavingControl": "toBeEnergySaving",
    ]
    /// Nodes that hold others; alone in a filter they mean all that is inside.
    private static let inner: Set<String> = [
        "RRMPolicyRatio", "ManagedElement", "GNBDUFunction", "NRCellDU", "NRSectorCarrier", "GNBCUCPFunction", "NRCellCU", "CESManagementFunction",
        "attributes",
    ]

    private static func filled(_ node: XMLElement) throws -> XMLElement {
        var copy = node
        copy.children = try node.children.map { try self.filled($0) }
        if !self.inner.contains(node.name), node.children.isEmpty, node.text.isEmpty { copy.text = try #require(self.samples[node.name], "\(node.name)") }
        // A key has to be there, though a filter need not say it.
        if self.inner.contains(node.name), node.name != "attributes", copy.child("id") == nil {
            copy.children.insert(XMLElement("id", namespace: node.namespace, text: "1"), at: 0)
        }
        return copy
    }

    /// What is wrong with a message that was sent.
    private static func violations(_ message: String, _ models: YANGModels) throws -> [String] {
        // An attribute without a prefix is none that libyang's tool takes, RFC 6241 or not; what it says is looked at here.
        let marked = message.replacing(" type=\"subtree\"", with: "")
        var found = [try models.violation(.rpc, marked)]
        if message.contains("<filter") == (marked == message) { found.append("a filter is a subtree") }
        let operation = try #require(try XMLReader.read(Array(message.utf8)).children.first)
        // As it was written, with its prefixes.
        if let start = message.firstRange(of: "<config>"), let end = message.firstRange(of: "</config>") {
            found.append(try models.violation(.edit, String(message[start.upperBound..<end.lowerBound])))
        }
        if operation.name != "create-subscription" {
            for filter in operation.child("filter")?.children ?? [] { found.append(try models.violation(.edit, try self.filled(filter).xml)) }
        }
        return found.compactMap { $0.map { "\($0)\n\(message)" } }
    }

    private func withElement(
        _ adjust: (inout FakeNETCONF.Behaviour) -> Void = { _ in }, _ body: @escaping (FakeNETCONF, ElementClient, ElementConfiguration) async throws -> Void
    ) async throws {
        let device = try FakeNETCONF(
            configuration: FakeNETCONF.gNB(
                cells: [.init(id: "5", localID: 5, state: "UNLOCKED", carrier: "s5", operational: "ENABLED")], carriers: ["s5": 20_000],
                energySaving: ["5": false]))
        device.set(adjust)
        let server = try await offPool { try SSHServer(subsystemPort: device.port) }
        defer {
            server.stop()
            device.stop()
        }
        let element = ManagedElement(
            name: "du-3", address: "127.0.0.1", port: server.port, username: server.user, credential: .keyFile(server.clientKey),
            hostKey: .fingerprint(server.fingerprint))
        let client = ElementClient(element, upstream: Upstream("o1/du-3"), outbound: { nil })
        try await body(device, client, ElementConfiguration([client], classes: try ManagedClassCatalogue()))
        let (messages, models) = (Array(Set(device.messages)), try YANGModels())
        let configuration = device.configuration.children.map { $0.written() }
        let found = try await offPool {
            try messages.flatMap { try Self.violations($0, models) } + configuration.compactMap { try models.violation(.configuration, $0) }
        }
        #expect(found == [])
    }

    @Test("a share that is made, changed, made exactly so, refused and taken away: every message is an rpc of the modules, every edit of the model")
    func shares() async throws {
        try await self.withElement { device, client, configuration async throws in
            #expect(try await configuration.put(Self.share, on: client).changed)
            #expect(try await configuration.put(Self.share, on: client).changed == false)
            var other = Self.share
            other.members = [.init(mcc: "310", mnc: "41", sst: 128, sd: "00000A")]
            (other.maxRatio, other.dedicatedRatio) = (nil, nil)
            #expect(try await configuration.put(other, exactly: true, on: client).changed)
            device.set { $0.most["rRMPolicyMinRatio"] = 20 }
            await #expect(throws: O1Error.self) { try await configuration.put(Self.share, on: client) }
            #expect(try await configuration.removeRRMPolicy(Self.share.id, on: client))
            #expect(try await configuration.rrmPolicies(of: client).isEmpty)
            let names = ["lock", "discard-changes", "edit-config", "validate", "commit confirmed", "commit", "unlock", "close-session", "get-config"]
            #expect(Set(names).isSubset(of: Set(device.operations)))
        }
        try await self.withElement({ $0.ignoresEdits = true }) { device, client, configuration async throws in
            await #expect(throws: O1Error.self) { try await configuration.put(Self.share, on: client) }
            #expect(device.operations.contains("cancel-commit"))
        }
    }

    @Test("attributes that are read, set and taken away, what a look asks for and what is subscribed to are of the modules, too")
    func attributes() async throws {
        try await self.withElement { device, client, configuration async throws in
            let executor = ElementExecutor(configuration)
            let orders = [
                ("NRCellDU", "ManagedElement=1,GNBDUFunction=1,NRCellDU=5", #"{"administrativeState":"LOCKED","bSChannelBwDL":100,"nRPCI":301}"#),
                ("NRCellDU", "ManagedElement=1,GNBDUFunction=1,NRCellDU=5", #"{"bSChannelBwDL":null}"#),
                ("NRSectorCarrier", "ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=s5", #"{"configuredMaxTxPower":10000}"#),
                ("CESManagementFunction", "ManagedElement=1,CESManagementFunction=1", #"{"cesSwitch":false}"#),
                (
                    "CESManagementFunction", "ManagedElement=1,GNBCUCPFunction=1,NRCellCU=5,CESManagementFunction=1",
                    #"{"energySavingControl":"toBeEnergySaving"}"#
                ),
            ]
            for (managedClass, name, document) in orders {
                let change = PolicyChange(policyId: name, policyType: managedClass, ric: "du-3", change: .put, document: document, interface: .o1)
                let outcome = await executor.apply([change])
                guard case .applied(let applied) = outcome else { return #expect(Bool(false), "\(outcome)") }
                #expect(applied.map(\.change) == [.put])
            }
            for managedClass in configuration.classes.classes.values {
                #expect(try await !configuration.objects(of: managedClass, on: client).isEmpty, "\(managedClass.name)")
            }
            #expect(try await configuration.sight(of: client).cells?.count == 1)
            let told = Told()
            try await client.follow(while: { !told.isSo }, changed: { told.note() })
            #expect(device.operations.contains("create-subscription") && device.operations.contains("get"))
        }
    }

    @Test("whatever the table of classes allows, the modules allow")
    func table() async throws {
        let (catalogue, models) = (try ManagedClassCatalogue(), try YANGModels())
        for managedClass in catalogue.classes.values {
            for attribute in managedClass.attributes.values where attribute.isWritable {
                let values: [JSONValue] =
                    switch attribute.kind {
                    case .enumeration(let words): words.map { .string($0) }
                    case .integer(let range): [.number(Double(range.lowerBound)), .number(Double(range.upperBound))]
                    case .boolean: [true, false]
                    case .references: []
                    }
                #expect(!values.isEmpty)
                for (value, path) in values.flatMap({ value in managedClass.paths.map { (value, $0) } }) {
                    let there = ManagedObject(name: DistinguishedName(path.map { .init(managedClass: $0.name, id: "1") }), attributes: [:])
                    let edit = try AttributeEdit(managedClass, name: there.name.description, document: JSONValue.object([attribute.name: value]).text)
                    let xml = try #require(edit.edit(of: there)).xml
                    #expect(try await offPool { try models.violation(.edit, xml) } == nil, "\(xml)")
                }
            }
        }
    }

    @Test("the validator sees what is not of the model: a wrong name, namespace, value, key, and an operation that there is none of")
    func strict() async throws {
        let models = try YANGModels()
        let good = Self.share.edit(of: nil).xml
        let bad = [
            good.replacing("rRMPolicyMinRatio", with: "rRMPolicyLeastRatio"), good.replacing("nrm-rrmpolicy", with: "nrm-policy"),
            good.replacing(">30<", with: ">101<"), good.replacing("<mcc>310</mcc>", with: ""), good.replacing(">PRB<", with: ">PRBS<"),
        ]
        @Sendable func rpc(_ content: String) -> String { "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"1\">\(content)</rpc>" }
        let wrong = [
            "<commit><sure/></commit>", "<kill/>", "<lock><target><backup/></target></lock>", "<commit><confirm-timeout>0</confirm-timeout></commit>",
            "<edit-config><target><candidate/></target><default-operation>create</default-operation></edit-config>",
        ]
        #expect(try await offPool { try models.violation(.edit, good) } == nil)
        for document in bad { #expect(try await offPool { try models.violation(.edit, document) } != nil, "\(document)") }
        #expect(try await offPool { try models.violation(.rpc, rpc("<commit/>")) } == nil)
        for content in wrong { #expect(try await offPool { try models.violation(.rpc, rpc(content)) } != nil, "\(content)") }
    }
}
