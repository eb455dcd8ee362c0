import Crypto
import IntentModel
import JSONSchema
import Ledger
import ServiceRuntime

extension PublishRequest {
    /// Of the interpretation what the commit's subject says.
    private struct Asked: QuickDocument {
        struct Expectation: QuickDocument {
            var verb: Verb

            static func read(_ cursor: inout JSONCursor) -> Expectation? {
                var verb: Verb?
                let isWhole = cursor.members { cursor, name in if case "verb" = name { cursor.read(&verb) } else { cursor.skip() } }
                return isWhole ? verb.map { Expectation(verb: $0) } : nil
            }
        }
        var expectations: [Expectation]

        static func read(_ cursor: inout JSONCursor) -> Asked? {
            var expectations: [Expectation]?
            let isWhole = cursor.members { cursor, name in
                if case "expectations" = name { cursor.read(&expectations, Expectation.read) } else { cursor.skip() }
            }
            return isWhole ? expectations.map { Asked(expectations: $0) } : nil
        }
    }

    /// What the plan of an intent wants published, still without the files.
    /// - Throws: ``LedgerError`` when the record cannot be read or has no plan.
    init(of snapshot: RecordSnapshot, colour: String, mayBeRepeat: Bool = false) throws(LedgerError) {
        let request = try snapshot.request()
        guard let plan = try snapshot.decode(PlannedDelivery.self, .plan) else { throw LedgerError(.corrupt, "intent \(snapshot.id) has no plan") }
        let verb = try snapshot.decode(Asked.self, .interpretation)?.expectations.first?.verb ?? .deploy
        self.init(
            intentId: snapshot.id, createdAt: Timestamp.text(snapshot.created), changes: plan.packages.filter { $0.change != .none }, files: [:],
            verb: verb, summary: request.intent, mayBeRepeat: mayBeRepeat
        )
        self.planHash = snapshot.document(.plan).map { "sha256:\(Array(SHA256.hash(data: $0)).hexadecimal)" }
        self.colour = colour
        self.requester = Requester(name: request.requestedBy, tenant: request.tenant)
    }
}
