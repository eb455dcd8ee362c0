import IntentModel
import JSONSchema
import Resilience
import TestSupport
import Testing

@testable import ORANAdaptor

/// Objects of the 3GPP NRM that an element has: read, and their attributes changed, against OpenSSH's own server with a NETCONF server behind it.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ManagedObjectTests {
    static let du = "ManagedElement=1,GNBDUFunction=1"
    static let energySaving = "ManagedElement=1,GNBCUCPFunction=1,NRCellCU=5,CESManagementFunction=1"

    static let configuration = FakeNETCONF.gNB(
        cells: [.init(id: "5", localID: 5, state: "UNLOCKED", carrier: "s5"), .init(id: "6", localID: 6, state: nil, carrier: nil)],
        carriers: ["s5": 20_000], energySaving: ["5": false])

    private func withElement(_ body: (FakeNETCONF, ElementConfiguration, ElementClient) async throws -> Void) async throws {
        try await ElementSide.with(configuration: Self.configuration) { side async throws in
            let client = try side.client()
            try await body(side.device, try side.configuration(client), client)
        }
    }

    private static func put(_ name: String, _ document: String, _ managedClass: String = "NRCellDU") -> PolicyChange {
        PolicyChange(policyId: name, policyType: managedClass, ric: "du-3", change: .put, document: document, previous: "{}", interface: .o1)
    }

    @Test("the objects of a class are read with their names and attributes, the model's own value for what is not shown")
    func read() async throws {
        try await self.withElement { _, configuration, client in
            let cells = try await configuration.objects(of: try #require(configuration.classes["NRCellDU"]), on: client)
            #expect(cells.map(\.name.description) == ["\(Self.du),NRCellDU=5", "\(Self.du),NRCellDU=6"])
            #expect(cells.map { $0.attributes["administrativeState"] } == ["UNLOCKED", "LOCKED"])
            #expect(cells.first?.attributes["cellLocalId"] == 5)
            #expect(cells.first?.attributes["nRSectorCarrierRef"] == [.string("\(Self.du),NRSectorCarrier=s5")])
            let savings = try await configuration.objects(of: try #require(configuration.classes["CESManagementFunction"]), on: client)
            #expect(savings.map(\.name.description).sorted() == [Self.energySaving, "ManagedElement=1,CESManagementFunction=1"].sorted())
            #expect(Set(savings.compactMap { $0.attributes["cesSwitch"]?.text }) == ["true", "false"])
        }
    }

    @Test("an attribute is changed under lock, validated, committed, read back and confirmed; a repeat sends nothing; undone, it is as it was")
    func thereAndBack() async throws {
        try await self.withElement { device, configuration, _ in
            let executor = ElementExecutor(configuration)
            func apply(_ change: PolicyChange) async throws -> AppliedPolicy {
                guard case .applied(let applied) = await executor.apply([change]), let first = applied.first else { throw Unapplied() }
                return first
            }
            let cell = "\(Self.du),NRCellDU=5"
            let first = try await apply(Self.put(cell, #"{"administrativeState":"LOCKED"}"#))
            #expect(first.change == .put && first.enforceStatus == "ENFORCED" && first.policyType == "NRCellDU" && first.policyId == cell)
            #expect(device.value(of: cell, "administrativeState") == "LOCKED" && device.value(of: cell, "cellLocalId") == "5")
            #expect(
                device.operations == [
                    "get-config", "lock", "discard-changes", "edit-config", "validate", "commit confirmed", "get-config", "commit", "unlock", "close-session",
                ])
            #expect(try await apply(Self.put(cell, #"{"administrativeState":"LOCKED"}"#)).change == .none)
            #expect(device.operations.count { $0 == "edit-config" } == 1)
            #expect(try await apply(Self.put(cell, #"{"administrativeState":"UNLOCKED"}"#)).change == .put)
            #expect(device.value(of: cell, "administrativeState") == "UNLOCKED")

            let other = "\(Self.du),NRCellDU=6"
            #expect(try await apply(Self.put(other, #"{"nRPCI":301}"#)).change == .put)
            #expect(device.value(of: other, "nRPCI") == "301")
            #expect(try await apply(Self.put(other, #"{"nRPCI":null}"#)).change == .put)
            #expect(device.value(of: other, "nRPCI") == nil)

            #expect(try await apply(Self.put("\(Self.du),NRSectorCarrier=s5", #"{"configuredMaxTxPower":10000}"#, "NRSectorCarrier")).change == .put)
            #expect(device.value(of: "\(Self.du),NRSectorCarrier=s5", "configuredMaxTxPower") == "10000")
            #expect(try await apply(Self.put(Self.energySaving, #"{"cesSwitch":true}"#, "CESManagementFunction")).change == .put)
            #expect(device.value(of: Self.energySaving, "cesSwitch") == "true")
        }
    }

    private struct Unapplied: Error {}

    @Test("what the element rejects or does not have fails with the reason, changes nothing and makes nothing")
    func refused() async throws {
        try await self.withElement { device, configuration, _ in
            let before = device.running
            device.set { $0.most["configuredMaxTxPower"] = 15_000 }
            let executor = ElementExecutor(configuration)
            let impossible: [(PolicyChange, String, String)] = [
                (Self.put("\(Self.du),NRSectorCarrier=s5", #"{"configuredMaxTxPower":19953}"#, "NRSectorCarrier"), "o1_rejected", "at most 15000 here"),
                (Self.put("\(Self.du),NRCellDU=7", #"{"administrativeState":"LOCKED"}"#), "o1_not_found", "NRCellDU=7"),
                (Self.put("\(Self.du),NRCellDU=5", #"{"administrativeState":"OPEN"}"#), "o1_rejected", "cannot be"),
                (Self.put("\(Self.du),NRCellDU=5", #"{"cellLocalId":7}"#), "o1_rejected", "cellLocalId"),
                (Self.put("\(Self.du),NRSectorCarrier=s5", #"{"administrativeState":"LOCKED"}"#), "o1_rejected", "no name of a NRCellDU"),
                (Self.put("\(Self.du),NRCellDU=5", "{}"), "o1_rejected", "no attribute"),
                (Self.put("\(Self.du),Beam=5", #"{"beamAzimuth":5}"#, "Beam"), "o1_rejected", "Beam"),
            ]
            for (change, code, words) in impossible {
                guard case .failed(let problem) = await executor.apply([change]) else { return #expect(Bool(false), "\(words)") }
                #expect(problem.code == code && problem.detail.contains(words), "\(problem.detail)")
            }
            #expect(device.running == before && !device.isLocked && device.candidate == nil)
            #expect(device.operations.count { $0 == "edit-config" } == 1)
        }
    }

    @Test("a name is read as it is written, whatever its identifiers hold; what is no name is none")
    func names() throws {
        for text in ["ManagedElement=1", #"ManagedElement=a\,b,NRCellDU=x\=y\\z"#, "A=1,B=2,C=3"] {
            #expect(try #require(DistinguishedName(text)).description == text)
        }
        #expect(DistinguishedName(#"A=a\,b"#)?.parts == [.init(managedClass: "A", id: "a,b")])
        for text in ["", "A", "A=", "=1", "A=1,", ",A=1", "A=1=2", #"A=1\"#, String(repeating: "A=1,", count: 1_000) + "A=1"] {
            #expect(DistinguishedName(text) == nil, "\(text.prefix(20))")
        }
    }

    @Test("a table of classes that is not one is refused with its place")
    func catalogue() throws {
        let bad = [
            "classes: {A: {contained: [[]], attributes: {a: {type: colour}}}}\nnamespaces: {A: urn:a}",
            "classes: {A: {contained: [[B]]}}\nnamespaces: {A: urn:a}",
            "classes: {A: {contained: []}}\nnamespaces: {A: urn:a}",
            "classes: {A: {contained: [[]], attributes: {a: {type: integer}}}}\nnamespaces: {A: urn:a}",
            "classes: {A: {contained: [[]], colour: red}}\nnamespaces: {A: urn:a}",
        ]
        for yaml in bad { #expect(throws: (any Error).self) { try ManagedClassCatalogue(yaml: yaml) } }
        #expect(try ManagedClassCatalogue(yaml: "classes: {A: {contained: [[]]}}\nnamespaces: {A: urn:a}")["A"]?.paths.count == 1)
    }
}
