import IntentModel
import Ledger

/// An intent in a list.
struct IntentSummary: Codable {
    var id: IntentID
    var phase: Phase
    var createdAt: String
    var updatedAt: String
    var request: IntentRequest

    init(_ snapshot: RecordSnapshot) throws(LedgerError) {
        self.id = snapshot.id
        self.phase = snapshot.phase
        self.createdAt = Timestamp.text(snapshot.created)
        self.updatedAt = Timestamp.text(snapshot.updated)
        self.request = try snapshot.request()
    }
}

struct IntentPage: Encodable {
    var items: [IntentSummary]
    var nextCursor: String?
}
