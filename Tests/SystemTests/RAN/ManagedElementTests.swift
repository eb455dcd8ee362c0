import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// Intents over O1: OpenSSH's own server and a NETCONF server of the 3GPP NRM behind it, as the managed element `du-3`.
    @Suite("managed elements") struct ManagedElementTests {
        private static let cell = "ManagedElement=1,GNBDUFunction=1,NRCellDU=5"
        private static let carrier = "ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=s5"
        private static let saving = "ManagedElement=1,GNBCUCPFunction=1,NRCellCU=5,CESManagementFunction=1"
        private static let share = "nephoran.rrm.cell-5.sst-1.plmn-310-410"

        private func withElement(_ body: (FakeNETCONF, Gateway) async throws -> Void) async throws {
            let device = try FakeNETCONF(
                configuration: FakeNETCONF.gNB(
                    cells: [.init(id: "5", localID: 5, state: "UNLOCKED", carrier: "s5"), .init(id: "6", localID: 6, state: "UNLOCKED", carrier: nil)],
                    carriers: ["s5": 20_000], energySaving: ["5": false]))
            let server = try await offPool { try SSHServer(subsystemPort: device.port) }
            defer {
                server.stop()
                device.stop()
            }
            let directory = try TemporaryDirectory()
            let elements = """
                elements:
                  - {name: du-3, address: 127.0.0.1, port: \(server.port), username: \(server.user), keyFile: \(server.clientKey), hostKey: "\(server.fingerprint)"}
                """
            try Data(elements.utf8).write(to: URL(fileURLWithPath: directory.file("elements.yaml")))
            let installation = try await Installation.start(["O1_ELEMENTS": directory.file("elements.yaml"), "PLMN": "310-410"])
            defer { installation.stop() }
            try await body(device, installation.gateway)
        }

        private static func ratio(_ device: FakeNETCONF) -> String? { device.shares[Self.share]?.all("rRMPolicyMinRatio").first?.text }

        private static func why(_ record: IntentRecord) -> Comment {
            "\(record.phase): \(record.problem?.detail ?? record.clarifications?.first?.question ?? "")"
        }

        @Test("a share becomes an RRMPolicyRatio, committed and confirmed once; a rejected value leaves the element as it was, in its own words")
        func share() async throws {
            try await self.withElement { device, gateway async throws in
                let given = try await gateway.submit("Give slice 1 at least 30 percent of the PRBs on cell 5 of du-3")
                #expect(given.phase == .fulfilled, Self.why(given))
                #expect(given.verification?.state == .observed)
                #expect(given.policies.map(\.policyId) == [Self.share] && given.policies.map(\.ric) == ["du-3"])
                #expect(given.history.first?.phase == .received && given.history.last?.phase == .fulfilled)
                #expect(Self.ratio(device) == "30")
                // Meanwhile the element is looked at, too.
                let others: Set = ["get-config", "get", "close-session", "create-subscription"]
                let edits = device.operations.drop { $0 != "lock" }.filter { !others.contains($0) }
                #expect(edits == ["lock", "discard-changes", "edit-config", "validate", "commit confirmed", "commit", "unlock"])

                let again = try await gateway.submit("Give slice 1 at least 30 percent of the PRBs on cell 5 of du-3")
                #expect(again.phase == .published, Self.why(again))
                #expect(device.operations.count { $0 == "edit-config" } == 1, "a repeat changes nothing")

                device.set { $0.most["rRMPolicyMinRatio"] = 35 }
                let before = device.running
                let refused = try await gateway.submit("Give slice 1 at least 40 percent of the PRBs on cell 5 of du-3")
                #expect(refused.phase == .failed, Self.why(refused))
                #expect(refused.problem?.code == "o1_rejected")
                #expect(refused.problem?.detail.contains("rRMPolicyMinRatio is at most 35 here") == true, Self.why(refused))
                #expect(refused.problem?.detail.contains("/rrm:RRMPolicyRatio/rrm:attributes/rrm:rRMPolicyMinRatio") == true, Self.why(refused))
                #expect(device.running == before && !device.isLocked)
            }
        }

        @Test("what somebody changes at the element afterwards degrades the intent as soon as the element tells, and the same sentence puts it back")
        func deviation() async throws {
            try await self.withElement { device, gateway async throws in
                let sentence = "Give slice 1 at least 30 percent of the PRBs on cell 5 of du-3"
                let given = try await gateway.submit(sentence)
                #expect(given.phase == .fulfilled, Self.why(given))
                let locked = try await gateway.submit("Set the transmit power of cell 5 on du-3 to 40 dBm")
                #expect(locked.phase == .fulfilled, Self.why(locked))
                try await eventually(within: .seconds(30)) { device.subscriptions > 0 }
                device.set("configuredMaxTxPower", to: "15000", of: Self.carrier)
                device.change { $0.children.removeAll { $0.name == "RRMPolicyRatio" } }
                try await eventually(within: .seconds(30)) {
                    let states = [try await gateway.record(given.id).verification?.state, try await gateway.record(locked.id).verification?.state]
                    return states == [.degraded, .degraded]
                }
                let record = try await gateway.record(given.id)
                #expect(record.phase == .fulfilled)
                #expect(record.history.last?.detail == "degraded: RRMPolicyRatio=\(Self.share) of du-3: it is not there")
                #expect(try await gateway.record(locked.id).verification?.checks.last?.hasSuffix("configuredMaxTxPower is 15000 and not 10000") == true)
                #expect(device.shares.isEmpty, "it is told and not put back")

                let again = try await gateway.submit(sentence)
                #expect(again.phase == .fulfilled, Self.why(again))
                #expect(Self.ratio(device) == "30")
                try await eventually(within: .seconds(30)) { try await gateway.record(given.id).verification?.state == .observed }
                device.set("configuredMaxTxPower", to: "10000", of: Self.carrier)
                try await eventually(within: .seconds(30)) { try await gateway.record(locked.id).verification?.state == .observed }
            }
        }

        @Test("what is said of a cell arrives at its object, its carrier and its energy saving; a lock waits for a person")
        func cells() async throws {
            try await self.withElement { device, gateway async throws in
                let locked = try await gateway.submit("Lock cell 5 of du-3")
                #expect(locked.phase == .awaitingApproval, Self.why(locked))
                #expect(device.value(of: Self.cell, "administrativeState") == "UNLOCKED", "nobody has approved it")
                _ = try await gateway.decide("approve", locked.id)
                #expect(try await gateway.settled(locked.id).phase == .fulfilled)
                #expect(device.value(of: Self.cell, "administrativeState") == "LOCKED")
                let orders = [
                    ("Unlock cell 5 of du-3", Self.cell, "administrativeState", "UNLOCKED"),
                    ("Set the transmit power of cell 5 on du-3 to 40 dBm", Self.carrier, "configuredMaxTxPower", "10000"),
                    ("Reduce the transmit power of cell 5 of du-3 by 3 dB", Self.carrier, "configuredMaxTxPower", "5012"),
                    ("Set the channel bandwidth of cell 5 on du-3 to 100 MHz", Self.cell, "bSChannelBwDL", "100"),
                    ("Set the PCI of cell 5 on du-3 to 301", Self.cell, "nRPCI", "301"),
                    ("Turn on energy saving on cell 5 of du-3", Self.saving, "cesSwitch", "true"),
                    ("Set the energy saving control of cell 5 on du-3 to toBeEnergySaving", Self.saving, "energySavingControl", "toBeEnergySaving"),
                ]
                for (sentence, object, attribute, value) in orders {
                    let record = try await gateway.submit(sentence)
                    #expect(record.phase == .fulfilled, Self.why(record))
                    #expect(record.verification?.state == .observed)
                    #expect(device.value(of: object, attribute) == value, "\(sentence)")
                }
                #expect(device.value(of: "ManagedElement=1,GNBDUFunction=1,NRCellDU=6", "administrativeState") == "UNLOCKED")

                // What it does not have is asked or refused, and nothing is sent.
                let edits = device.operations.count { $0 == "edit-config" }
                #expect(try await gateway.submit("Lock cell 9 of du-3").phase == .awaitingClarification)
                let carrierless = try await gateway.submit("Set the transmit power of cell 6 on du-3 to 40 dBm")
                #expect(carrierless.phase == .refused && carrierless.problem?.code == "o1_no_such_object", Self.why(carrierless))
                device.set { $0.most["configuredMaxTxPower"] = 15_000 }
                let rejected = try await gateway.submit("Set the transmit power of cell 5 on du-3 to 43 dBm")
                #expect(
                    rejected.phase == .failed && rejected.problem?.detail.contains("configuredMaxTxPower is at most 15000 here") == true, Self.why(rejected))
                #expect(device.value(of: Self.carrier, "configuredMaxTxPower") == "5012" && !device.isLocked)
                #expect(device.operations.count { $0 == "edit-config" } == edits + 1)
            }
        }
    }
}
