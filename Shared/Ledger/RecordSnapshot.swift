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
    private let documents: [(field: RecordField, json: [UInt8])]
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
    /// Where the intent is in its trace; empty unless that is recorded. See ``RecordTrace``.
    let trace: [UInt8]
    /// … and was when its tracks began.
    let forkTrace: [UInt8]

    /// From the reply of `HGETALL`; nil when there is no such record.
    init?(id: IntentID, fields: [(name: [UInt8], value: [UInt8])]) {
        guard !fields.isEmpty else { return nil }
        // Every step of every intent comes by here: names are told apart once, and nothing is hashed.
        var documents: [(field: RecordField, json: [UInt8])] = []
        var ofTracks: [(track: Track.Name, part: UInt8?, value: String)] = []
        var (phase, ending, lane): (Phase?, Phase?, Lane?)
        var (created, updated): (Int64?, Int64?)
        var (schema, version, replans, sequence) = (1, 0, 0, 0)
        var (mayHoldReservations, notifies) = (false, false)
        var history: [UInt8] = []
        var (trace, forkTrace): ([UInt8], [UInt8]) = ([], [])
        for (name, bytes) in fields {
            func text() -> String { String(decoding: bytes, as: UTF8.self) }
            switch String(decoding: name, as: UTF8.self) {
            case "phase": phase = Phase(rawValue: text())
            case "schema": schema = Int(text()) ?? 1
            case "created": created = Int64(text())
            case "updated": updated = Int64(text())
            case "lane": lane = Lane(rawValue: text())
            case "v": version = Int(text()) ?? 0
            case "end": ending = Phase(rawValue: text())
            case "reserves": mayHoldReservations = bytes == [UInt8(ascii: "1")]
            case "callback": notifies = bytes == [UInt8(ascii: "1")]
            case "replans": replans = Int(text()) ?? 0
            case "n": sequence = Int(text()) ?? 0
            case "history": history = bytes
            case RecordTrace.field: trace = bytes
            case RecordTrace.forkField: forkTrace = bytes
            case let name where name.hasPrefix("t:"):
                guard let track = Track.Name(rawValue: String(name.dropFirst(2).dropLast(2))) else { continue }
                ofTracks.append((track, name.utf8.last, text()))
            case let name: if let field = RecordField(rawValue: name) { documents.append((field, bytes)) }
            }
        }
        self.isReadable = phase != nil && schema <= Self.schema
        self.id = id
        self.phase = phase ?? .received
        self.created = created ?? id.milliseconds
        self.updated = updated ?? self.created
        self.lane = lane ?? .low
        self.version = version
        self.ending = ending
        self.mayHoldReservations = mayHoldReservations
        self.replans = replans
        self.sequence = sequence
        self.notifies = notifies
        self.trace = trace
        self.forkTrace = forkTrace
        self.documents = documents
        self.history = history
        var tracks: [String: Track] = [:]
        var versions: [String: Int] = [:]
        for (name, part, value) in ofTracks where part == UInt8(ascii: "v") {
            guard let version = Int(value) else { continue }
            versions[name.rawValue] = version
            func other(_ part: Character) -> String? { ofTracks.first { $0.track == name && $0.part == part.asciiValue }?.value }
            guard let state = other("s").flatMap(Track.State.init(rawValue:)) else { continue }
            tracks[name.rawValue] = Track(state: state, version: version, detail: other("d"))
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
        guard let bytes = self.document(field), !bytes.isEmpty else { return nil }
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
    package func document(_ field: RecordField) -> [UInt8]? { self.documents.first { $0.field == field }?.json }

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
