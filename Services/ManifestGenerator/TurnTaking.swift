import IntentModel
import Ledger

/// Whose turn it is on an object: claims on ``Reservations``, and a look after holders that are gone.
struct TurnTaking: Sendable {
    enum Turn: Equatable {
        case ours
        /// Ours from now on; but somebody had it after the given mark, so what was seen of it may be old.
        case oursButChanged
        case waits(object: String, holder: IntentID)
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

    func take(_ objects: [String], for id: IntentID, since mark: Int64) async throws(LedgerError) -> Turn {
        guard !objects.isEmpty else { return .ours }
        // More than one holder in a row may have gone without giving up its claims.
        for _ in 0..<8 {
            switch try await self.reservations.claim(objects, for: id) {
            case .granted(let released): return released > mark ? .oursButChanged : .ours
            case .waits(let object, let holder, let place):
                guard try await self.isGone(holder) else { return .waits(object: object, holder: holder) }
                try await self.reservations.release(holder, place: place)
            }
        }
        return .waits(object: objects[0], holder: id)
    }

    /// Gives up what an intent may have claimed when it was planned before.
    func release(_ snapshot: RecordSnapshot) async throws(LedgerError) {
        let hasWaited = try snapshot.decode(String.self, .waitsFor) != nil
        guard hasWaited || snapshot.mayHoldReservations else { return }
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
