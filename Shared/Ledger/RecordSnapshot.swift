import Foundation
package import IntentModel

/// A record as read: documents stay bytes until somebody wants them.
package struct RecordSnapshot: Sendable {
    /// The newest form of records that this program reads. Every form before it, too; a newer one is left to newer programs.
    package static let schema = 3

    /// The form a record is written in. Programs that know no previews must not take one for an ordinary intent; all else they may read, so
    /// that what a new version did can be gone on with by the old one.
    static func schema(of lane: Lane) -> Int { lane == .preview ? 3 : 2 }

    package let id: IntentID
    package let phase: Phase
    /// Written by this version or an older one. Nothing else of the snapshot means anything if not.
    package let isReadable: Bool
    /// Unix milliseconds.
    package let created: Int64
    package let updated: Int64
    package let lane: Lane
    /// Of the main track.
    package let version: Int
    let documents: [RecordField: [UInt8]]
    let history: [UInt8]
    package let tracks: [String: Track]
    /// Versions of all tracks ever started.
    let trackVersions: [String: Int]
    /// The end that was asked for and is not there yet.
    package let ending: Phase?
    /// It may hold reservations.
    package let mayHoldReservations: Bool
    /// How often publishing sent it back to planning.
    package let replans: Int
    /// How many history entries (and so events) there are.
    package let sequence: Int
    /// Every transition is passed on to the callback address of the request.
    package let notifies: Bool

    /// From the reply of `HGETALL`; nil when there is no such record.
    init?(id: IntentID, fields: [(name: [UInt8], value: [UInt8])]) {
        var documents: [RecordField: [UInt8]] = [:]
        var plain: [String: String] = [:]
        var history: [UInt8] = []
        for (name, value) in fields {
            let name = String(decoding: name, as: UTF8.self)
            if let field = RecordField(rawValue: name) {
                documents[field] = value
            } else if name == "history" {
                history = value
            } else {
                plain[name] = String(decoding: value, as: UTF8.self)
            }
        }
        guard !fields.isEmpty else { return nil }
        let phase = plain["phase"].flatMap(Phase.init(rawValue:))
        self.isReadable = phase != nil && (plain["schema"].flatMap { Int($0) } ?? 1) <= Self.schema
        self.id = id
        self.phase = phase ?? .received
        self.created = plain["created"].flatMap { Int64($0) } ?? id.milliseconds
        self.updated = plain["updated"].flatMap { Int64($0) } ?? self.created
        self.lane = plain["lane"].flatMap(Lane.init(rawValue:)) ?? .low
        self.version = plain["v"].flatMap { Int($0) } ?? 0
        self.ending = plain["end"].flatMap(Phase.init(rawValue:))
        self.mayHoldReservations = plain["reserves"] == "1"
        self.replans = plain["replans"].flatMap { Int($0) } ?? 0
        self.sequence = plain["n"].flatMap { Int($0) } ?? 0
        self.notifies = plain["callback"] == "1"
        self.documents = documents
        self.history = history
        var tracks: [String: Track] = [:]
        var versions: [String: Int] = [:]
        for name in Track.Name.allCases.map(\.rawValue) {
            guard let version = plain["t:\(name):v"].flatMap({ Int($0) }) else { continue }
            versions[name] = version
            guard let state = plain["t:\(name):s"].flatMap(Track.State.init(rawValue:)) else { continue }
            tracks[name] = Track(state: state, version: version, detail: plain["t:\(name):d"])
        }
        self.tracks = tracks
        self.trackVersions = versions
    }

    /// It was submitted through the preview path: nothing of it may reach the network.
    package var isPreview: Bool { self.lane == .preview }

    /// Something of it is under way, or being undone.
    package var hasOpenTracks: Bool { self.tracks.values.contains { $0.state == .pending || $0.state == .compensating } }

    /// The version that work on `track` must carry.
    package func version(of track: String) -> Int? { track == "main" ? self.version : self.trackVersions[track] }

    /// The document's bytes; nil while there is none. An empty document means "removed".
    package func bytes(_ field: RecordField) -> [UInt8]? {
        guard let bytes = self.documents[field], !bytes.isEmpty else { return nil }
        return bytes
    }

    package func decode<Value: Decodable>(_ type: Value.Type, _ field: RecordField) throws(LedgerError) -> Value? {
        guard let bytes = self.bytes(field) else { return nil }
        do {
            return try LedgerJSON.decode(type, bytes)
        } catch {
            throw LedgerError(.corrupt, "intent \(self.id): \(field.rawValue): \(error)")
        }
    }

    package func request() throws(LedgerError) -> IntentRequest {
        guard let request = try self.decode(IntentRequest.self, .request) else {
            throw LedgerError(.corrupt, "intent \(self.id) has no request")
        }
        return request
    }

    /// A document as it is stored.
    package func document(_ field: RecordField) -> [UInt8]? { self.documents[field] }

    package func interpretation() throws(LedgerError) -> Interpretation? { try self.decode(Interpretation.self, .interpretation) }
    package func plan() throws(LedgerError) -> Plan? { try self.decode(Plan.self, .plan) }
    package func answers() throws(LedgerError) -> [ClarificationAnswer] { try self.decode([ClarificationAnswer].self, .answers) ?? [] }

    /// The answers to what planning asked: those that came before are in the interpretation, and would mean something else here.
    package func planningAnswers() throws(LedgerError) -> [ClarificationAnswer] {
        Array(try self.answers().dropFirst(try self.decode(Int.self, .answersRead) ?? 0))
    }

    /// The entries of the history as they were written, one JSON object each.
    package var historyLines: [[UInt8]] { self.history.split(separator: UInt8(ascii: "\n")).map(Array.init) }

    package func historyEntries() throws(LedgerError) -> [HistoryEntry] {
        do {
            return try self.historyLines.map { try LedgerJSON.decode(HistoryEntry.self, $0) }
        } catch {
            throw LedgerError(.corrupt, "intent \(self.id): history: \(error)")
        }
    }

    /// The whole record as callers see it.
    package func record() throws(LedgerError) -> IntentRecord {
        var record = IntentRecord(
            id: self.id, phase: self.phase, createdAt: Timestamp.text(self.created), updatedAt: Timestamp.text(self.updated), request: try self.request()
        )
        if self.isPreview { record.preview = true }
        record.interpretation = try self.interpretation()
        let answers = try self.answers()
        record.answers = answers.isEmpty ? nil : answers
        if self.phase == .awaitingClarification { record.clarifications = try self.decode([Clarification].self, .clarifications) }
        record.plan = try self.plan()
        record.waitsFor = try self.decode(String.self, .waitsFor)
        record.conflicts = try self.decode([Conflict].self, .conflicts)
        record.approval = try self.decode(ApprovalDecision.self, .approval)
        record.packages = try self.decode([PublishedPackage].self, .packages) ?? []
        record.policies = try self.decode([AppliedPolicy].self, .policies) ?? []
        record.tracks = self.tracks
        record.verification = try self.decode(Verification.self, .verification)
        record.answer = try self.decode(Answer.self, .answer)
        record.history = try self.historyEntries()
        record.problem = try self.decode(Problem.self, .problem)
        return record
    }
}
