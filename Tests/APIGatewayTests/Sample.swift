import IntentModel

@testable import Ledger

/// Bodies and records, made by hand.
enum Sample {
    static func json(_ value: some Encodable) throws -> [UInt8] { try LedgerJSON.encode(value) }

    static let id = IntentID(partition: 3, milliseconds: 1_780_000_000_000, random: 7)

    /// A record in a phase, with documents, tracks and the end that was asked for.
    static func snapshot(
        _ phase: Phase, _ documents: [RecordField: any Encodable] = [:], tracks: [String: Track.State] = [:], ending: Phase? = nil
    ) throws -> RecordSnapshot {
        var fields: [(name: [UInt8], value: [UInt8])] = [
            (Array("phase".utf8), Array(phase.rawValue.utf8)), (Array("v".utf8), Array("4".utf8)), (Array("created".utf8), Array("1780000000000".utf8)),
            (Array("request".utf8), try self.json(IntentRequest(intent: "Deploy AMF"))),
        ]
        for (name, state) in tracks {
            fields.append((Array("t:\(name):v".utf8), Array("1".utf8)))
            fields.append((Array("t:\(name):s".utf8), Array(state.rawValue.utf8)))
        }
        if let ending { fields.append((Array("end".utf8), Array(ending.rawValue.utf8))) }
        for (field, document) in documents { fields.append((Array(field.rawValue.utf8), try self.json(document))) }
        guard let snapshot = RecordSnapshot(id: self.id, fields: fields) else { throw LedgerError(.corrupt, "no record") }
        return snapshot
    }

    static func interpretation(_ decision: Decision) -> Interpretation {
        Interpretation(decision: decision, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
    }

    static let plan = Plan(
        packages: [
            PackageChange(
                instance: "amf", path: "default/core5g/amf", function: "AMF", cluster: "default", namespace: "core5g", change: .create, result: "0123abcd"),
            PackageChange(
                instance: "smf", path: "default/core5g/smf", function: "SMF", cluster: "default", namespace: "core5g", change: .none, base: "ab", result: "ab"),
            PackageChange(instance: "upf", path: "default/core5g/upf", function: "UPF", cluster: "default", namespace: "core5g", change: .delete, base: "cd"),
        ],
        policies: [
            PolicyChange(policyId: "nephoran-1", policyType: "ORAN_QoSTarget_2.0.0", ric: "ric1", change: .put, document: #"{"a":1}"#),
            PolicyChange(policyId: "nephoran-2", policyType: "ORAN_QoSTarget_2.0.0", change: .skip, document: "{}", reason: "no RIC"),
        ]
    )
}
