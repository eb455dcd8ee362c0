import IntentModel
import Testing

@testable import Nephoran

@Suite struct PackageRollbackTests {
    private func item(_ revision: String, intent: String? = "018f4e2a-7c11-7003-9c1e-0242ac120002", function: String = "AMF") -> InventoryItem {
        InventoryItem(
            instance: "amf-1", function: function, cluster: "edge-01", namespace: "core5g", path: "edge-01/core5g/amf-1", revision: revision, commit: "c3",
            tree: "t3", intentId: intent, updatedAt: "2026-05-28T20:26:40Z")
    }

    @Test("without a revision it is the one before; what is not clear is not guessed")
    func target() throws {
        #expect(try PackageRollback.target(nil, of: self.item("v3")) == "v2")
        #expect(try PackageRollback.target("1", of: self.item("v3")) == "v1")
        #expect(try PackageRollback.target("v3", of: self.item("v3", intent: nil)) == "v3")
        #expect(throws: CommandFailure.self) { try PackageRollback.target(nil, of: self.item("v3", intent: nil)) }
        #expect(throws: CommandFailure.self) { try PackageRollback.target(nil, of: self.item("v1")) }
        #expect(throws: CommandFailure.self) { try PackageRollback.target(nil, of: self.item("v0", intent: nil)) }
    }

    @Test("revisions are v and a number from 1", arguments: [("v3", 3), ("12", 12), ("v0", nil), ("-1", nil), ("v", nil), ("previous", nil), ("v1.2", nil)])
    func numbers(_ text: String, _ number: Int?) {
        #expect(PackageRollback.number(of: text) == number)
        let arguments = ["package", "rollback", "edge/core5g/amf", "--to=\(text)"]
        if number == nil {
            #expect(throws: (any Error).self) { try NephoranCommand.parseAsRoot(arguments) }
        } else {
            #expect(throws: Never.self) { try NephoranCommand.parseAsRoot(arguments) }
        }
    }

    @Test("it is said with nothing left to be guessed, and one state has one key")
    func said() throws {
        let rollback = PackageRollback(item: self.item("v3"), revision: "v2", tree: "t2")
        let place = "in namespace \"core5g\" on cluster \"edge-01\" to version v2"
        #expect(rollback.sentences == ["Roll back the AMF named \"amf-1\" \(place)", "Roll back \"amf-1\" \(place)"])
        #expect(PackageRollback(item: self.item("v3", function: "unknown"), revision: "v2", tree: "t2").sentences == ["Roll back \"amf-1\" \(place)"])
        let failed = try #require(IntentID("018f4e2a-7c11-7003-9c1e-0242ac120002"))
        #expect(rollback.key(after: nil) == rollback.key(after: nil) && rollback.key(after: failed) != rollback.key(after: nil))
        for key in [rollback.key(after: nil), rollback.key(after: failed)] {
            #expect(key.utf8.count <= 255 && key.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "\(key)")
        }
        let body = IntentBody(
            intent: "x", priority: .high, namespace: "n", cluster: "c", approval: .required, labels: ["b": "1", "a": "2"], supersedes: nil, callbackUrl: nil)
        #expect(Set(try (0..<20).map { _ in try body.encoded() }).count == 1)
    }

    @Test("only this package as it was is submitted")
    func objections() {
        func change(_ path: String = "edge-01/core5g/amf-1", base: String = "t3", result: String = "t2") -> PackageChange {
            PackageChange(
                instance: "amf-1", path: path, function: "AMF", cluster: "edge-01", namespace: "core5g", change: .update, base: base, result: result)
        }
        func objection(_ changes: [PackageChange]) -> String? {
            let plan = Plan(packages: changes)
            let interpretation = Interpretation(decision: .accepted, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
            let answer = DryRunAnswer(interpretation: interpretation, plan: plan, packages: [], conflicts: [], clarifications: nil, problem: nil)
            return PackageRollback(item: self.item("v3"), revision: "v2", tree: "t2").objection(to: answer)
        }
        #expect(objection([change()]) == nil)
        #expect(objection([]) != nil)
        #expect(objection([change(result: "t1")]) != nil)
        #expect(objection([change(base: "t2")]) != nil)
        #expect(objection([change("edge-01/core5g/amf-2")]) != nil)
        #expect(objection([change(), change("edge-01/core5g/amf-2")]) != nil)
    }
}
