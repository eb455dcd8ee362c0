import IntentModel
import PackagePlanning
import Ledger

extension TurnTaking {
    static func wanted(_ wishes: [Wish]) throws(LedgerError) -> [Reservations.Wanted] {
        do {
            return try wishes.map { Reservations.Wanted(object: $0.object, wish: try LedgerJSON.encode($0)) }
        } catch {
            throw LedgerError(.corrupt, "wishes: \(error)")
        }
    }

    /// What another intent is called in a sentence about this one: one of another tenant has no name here.
    func name(of other: IntentID, for snapshot: RecordSnapshot) async throws(LedgerError) -> String {
        guard let record = try await self.ledger.read(other), try record.request().tenant != snapshot.request().tenant else { return "intent \(other)" }
        return "an intent of another tenant"
    }

    static func clash(_ rival: Reservations.Rival, _ wishes: [Wish]) -> Bool { !self.clashes(rival, wishes).isEmpty }

    /// A wish that a newer program wrote in another form contradicts nothing that this one understands.
    private static func clashes(_ rival: Reservations.Rival, _ wishes: [Wish]) -> [Wish.Clash] {
        guard let ours = wishes.first(where: { $0.object == rival.object }), let theirs = try? LedgerJSON.decode(Wish.self, rival.wish) else { return [] }
        return ours.clashes(with: theirs)
    }

    func conflicts(of wishes: [Wish], with rivals: [Reservations.Rival], for snapshot: RecordSnapshot) async throws(LedgerError) -> [Conflict] {
        rivals.isEmpty ? [] : try await self.conflicts(of: wishes, with: rivals, tenant: try snapshot.request().tenant)
    }

    /// What clashes, with the state of the other side. Those that have ended are left out, and nothing is told of what another tenant wants.
    func conflicts(of wishes: [Wish], with rivals: [Reservations.Rival], tenant: String) async throws(LedgerError) -> [Conflict] {
        let clashing = rivals.map { (rival: $0, clashes: Self.clashes($0, wishes)) }.filter { !$0.clashes.isEmpty }
        guard !clashing.isEmpty else { return [] }
        let ids = Array(Set(clashing.map(\.rival.intent))).sorted()
        let records = Dictionary(uniqueKeysWithValues: zip(ids, try await self.ledger.read(ids)))
        var conflicts: [Conflict] = []
        for (rival, clashes) in clashing {
            guard let record = records[rival.intent] ?? nil, !record.phase.isTerminal else { continue }
            let isOurs = try record.request().tenant == tenant
            for clash in clashes { conflicts.append(Self.conflict(clash, with: rival.intent, at: rival.object, record.phase, isOurs: isOurs)) }
        }
        return conflicts.sorted {
            ($0.intent?.description ?? "", $0.object, $0.attribute ?? "") < ($1.intent?.description ?? "", $1.object, $1.attribute ?? "")
        }
    }
}

extension TurnTaking {
    /// - Parameter isOurs: of the same tenant; else neither its id nor what it wants is told.
    static func conflict(_ clash: Wish.Clash, with other: IntentID, at object: String, _ phase: Phase, isOurs: Bool) -> Conflict {
        let theirs = isOurs ? clash.theirs : "something else"
        let who = isOurs ? "Intent \(other)" : "An intent of another tenant"
        let what = clash.attribute.map { "\($0) of \(object)" } ?? object
        return Conflict(
            intent: isOurs ? other : nil, object: object, kind: clash.kind, attribute: clash.attribute, theirs: theirs, ours: clash.ours,
            detail: "\(who), \(phase.state), wants \(what) \(clash.attribute == nil ? "" : "to be ")\(theirs); this one wants \(clash.ours).")
    }
}

extension Phase {
    /// For sentences about an intent that is on its way.
    var state: String {
        switch self {
        case .awaitingApproval: "which waits for approval"
        case .awaitingClarification: "which waits for an answer"
        case .executing, .rendering, .verifying: "which is being carried out"
        default: "which is in \(self.rawValue)"
        }
    }
}
