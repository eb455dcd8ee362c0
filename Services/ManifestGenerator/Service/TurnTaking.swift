import IntentModel
import PackagePlanning
import Ledger

/// Whose turn it is on an object: claims on ``Reservations``, and a look after holders that are gone. Who wants what another cannot have beside
/// it stands aside while the older of the two waits for a person; see docs/decisions/020-conflicts.md.
struct TurnTaking: Sendable {
    enum Turn: Equatable {
        case ours
        /// Ours from now on; but somebody had it after the given mark, so what was seen of it may be old.
        case oursButChanged
        case waits(object: String, holder: IntentID)
        /// An older intent wants something else and waits itself, in this phase.
        case aside(object: String, for: IntentID, in: Phase)
    }

    let ledger: Ledger
    let reservations: Reservations
    /// Unix milliseconds.
    let now: @Sendable () -> Int64

    init(ledger: Ledger, now: @escaping @Sendable () -> Int64 = { Timestamp.now() }) {
        self.ledger = ledger
        self.reservations = Reservations(ledger: ledger)
        self.now = now
    }

    func mark() async throws(LedgerError) -> Int64 { try await self.reservations.mark() }

    /// Claims what the wishes are about, or says for whom they have to wait; and the others that want something else, as far as they live.
    func take(_ wishes: [Wish], of snapshot: RecordSnapshot, since mark: Int64) async throws(LedgerError) -> (turn: Turn, conflicts: [Conflict]) {
        let id = snapshot.id
        let wishes = wishes.of(snapshot)
        let wanted = try Self.wanted(wishes)
        var insists = false
        var last = (object: wishes.first?.object ?? "", holder: id)
        // More than one holder in a row may have gone without giving up its claims.
        for _ in 0..<8 {
            let (claim, rivals) = try await self.reservations.claim(wanted, for: id, insisting: insists)
            switch claim {
            case .granted(let released):
                return (released > mark ? .oursButChanged : .ours, try await self.conflicts(of: wishes, with: rivals, for: snapshot))
            case .waits(let object, let holder, let place):
                guard try await self.isGone(holder) else {
                    return (.waits(object: object, holder: holder), try await self.conflicts(of: wishes, with: rivals, for: snapshot))
                }
                try await self.reservations.release(holder, place: place, at: object)
                last = (object, holder)
            case .judge:
                // Of two that cannot both be, the younger waits; so nobody waits in a circle.
                let older = rivals.filter { $0.stands && $0.intent < id && Self.clash($0, wishes) }.min { $0.intent < $1.intent }
                guard let older else {
                    insists = true
                    continue
                }
                guard let rival = try await self.ledger.read(older.intent), !rival.phase.isTerminal else {
                    try await self.reservations.release(older.intent, place: older.place, at: older.object)
                    last = (older.object, older.intent)
                    continue
                }
                let all = try await self.reservations.stand(wanted, for: id)
                return (
                    .aside(object: older.object, for: older.intent, in: rival.phase),
                    try await self.conflicts(of: wishes, with: all, for: snapshot)
                )
            }
        }
        return (.waits(object: last.object, holder: last.holder), [])
    }

    /// Where an intent still waits that was put in line before; nil when it is time to plan it.
    func line(of snapshot: RecordSnapshot) async throws(LedgerError) -> Reservations.Line? {
        guard try snapshot.decode(String.self, .waitsFor) != nil else { return nil }
        for _ in 0..<8 {
            guard let line = try await self.reservations.line(of: snapshot.id) else { return nil }
            guard try await self.isGone(line.holder) else { return line }
            try await self.reservations.release(line.holder, place: line.place, at: line.object)
        }
        return nil
    }

    /// Claims objects whatever others want of them.
    func take(_ objects: [String], for snapshot: RecordSnapshot) async throws(LedgerError) -> Turn {
        let id = snapshot.id
        let objects = snapshot.isPreview ? objects.map { [Wish].previewPrefix + $0 } : objects
        guard !objects.isEmpty else { return .ours }
        var last = Turn.waits(object: objects[0], holder: id)
        for _ in 0..<8 {
            guard case .waits(let object, let holder, let place) = try await self.reservations.claim(objects, for: id) else { return .ours }
            guard try await self.isGone(holder) else { return .waits(object: object, holder: holder) }
            try await self.reservations.release(holder, place: place, at: object)
            last = .waits(object: object, holder: holder)
        }
        return last
    }

    /// Gives up claims but leaves it known what the intent wants: it waits for a person.
    func stand(_ wishes: [Wish], of snapshot: RecordSnapshot) async throws(LedgerError) -> [Conflict] {
        let wishes = wishes.of(snapshot)
        let rivals = try await self.reservations.stand(try Self.wanted(wishes), for: snapshot.id)
        return try await self.conflicts(of: wishes, with: rivals, for: snapshot)
    }

    /// The live intents that want something else than these wishes; changes nothing.
    func look(_ wishes: [Wish], tenant: String) async throws(LedgerError) -> [Conflict] {
        guard !wishes.isEmpty else { return [] }
        return try await self.conflicts(of: wishes, with: try await self.reservations.look(try Self.wanted(wishes)), tenant: tenant)
    }

    /// Gives up what an intent may have claimed when it was planned before.
    func release(_ snapshot: RecordSnapshot) async throws(LedgerError) {
        let hasWaited = try snapshot.decode(String.self, .waitsFor) != nil
        // A plan may have waited for approval, and with it what was wanted.
        guard hasWaited || snapshot.mayHoldReservations || snapshot.bytes(.plan) != nil else { return }
        try await self.reservations.release(snapshot.id)
    }

    /// A crash between an end and giving up the claims leaves them behind.
    private func isGone(_ holder: IntentID) async throws(LedgerError) -> Bool {
        guard let snapshot = try await self.ledger.read(holder) else { return true }
        return snapshot.phase.isTerminal || snapshot.phase.awaitsPerson
    }

    /// Whether the intent `old` has come to an end; asks it to, if nobody has yet.
    func supersede(_ old: IntentID, by new: IntentID) async throws(LedgerError) -> Bool {
        for _ in 0..<5 {
            guard let snapshot = try await self.ledger.read(old), !snapshot.phase.isTerminal else { return true }
            guard snapshot.ending == nil else { return false }
            var step = Step(by: "manifest-generator", detail: snapshot.hasOpenTracks ? "to be superseded by intent \(new)" : nil)
            step.ending = Ending(.superseded, reason: "superseded by intent \(new)")
            guard case .taken(let phase) = try await self.ledger.step(step, on: snapshot) else { continue }
            if phase.isTerminal { await self.reservations.releaseQuietly(old) }
            return phase.isTerminal
        }
        return false
    }
}

extension [Wish] {
    fileprivate static var previewPrefix: String { "preview:" }

    /// A preview acts on objects of its own: it is in nobody's way, and nobody in its.
    fileprivate func of(_ snapshot: RecordSnapshot) -> [Wish] {
        guard snapshot.isPreview else { return self }
        return self.map { wish in
            var wish = wish
            wish.object = Self.previewPrefix + wish.object
            return wish
        }
    }
}
