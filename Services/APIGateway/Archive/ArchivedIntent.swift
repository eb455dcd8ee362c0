import IntentModel
import Ledger

/// An intent as the archive keeps it: the whole record as JSON, and what is searched.
struct ArchivedIntent: Sendable {
    var id: IntentID
    var tenant: String
    var phase: Phase
    var priority: Priority
    /// Unix milliseconds.
    var created: Int64
    var updated: Int64
    /// How many history entries it had; a later version of it has more.
    var sequence: Int
    var text: String
    var labels: String
    /// Names and kinds of what it was about and what it changed.
    var objects: String
    /// ``IntentRecord``.
    var record: [UInt8]

    init(_ snapshot: RecordSnapshot) throws {
        let record = try snapshot.record()
        self.id = record.id
        self.tenant = record.request.tenant
        self.phase = record.phase
        self.priority = record.request.priority
        self.created = snapshot.created
        self.updated = snapshot.updated
        self.sequence = snapshot.sequence
        self.text = record.request.intent
        self.labels = (record.request.labels ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
        self.objects = Self.objects(of: record)
        self.record = try LedgerJSON.encode(record)
    }

    private static func objects(of record: IntentRecord) -> String {
        var words: [String] = []
        for expectation in record.interpretation?.expectations ?? [] {
            words += [expectation.verb.rawValue, expectation.object.kind.rawValue, expectation.object.type, expectation.object.name].compactMap { $0 }
        }
        for package in record.plan?.packages ?? [] { words += [package.function, package.instance, package.namespace, package.cluster] }
        for policy in record.plan?.policies ?? [] { words += [policy.policyId, policy.policyType, policy.ric].compactMap { $0 } }
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }.joined(separator: " ")
    }
}
