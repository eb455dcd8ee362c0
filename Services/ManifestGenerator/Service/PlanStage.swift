import IntentModel
import PackagePlanning
import ServiceClient
import Ledger
import Metrics
import Telemetry

/// Turns an interpretation into a plan with rendered packages and policies, decides what a person must decide, and lets intents on the same
/// object take their turns.
struct PlanStage: StageHandler {
    let stage = Stage.plan
    let name = "manifest-generator"
    /// Most of a plan is waiting for answers of others, which the plans of a batch ask together.
    let batchSize = 32
    let concurrency = 3
    let planning: IntentPlanning
    let turns: TurnTaking
    let onPartialFailure: PartialFailurePolicy
    /// After so many conflicts somebody else keeps changing what the intent is about.
    private static let maxReplans = 12
    /// How often an intent that waits for another looks for itself; it is woken when its turn comes. Of several in line the next looks this
    /// often, those behind it less.
    private static let patience = Duration.seconds(2)
    /// A plan that others overtake so often goes to the back of the queue.
    private static let mostOvertakings = 4
    /// The same where that one waits for a person, who may take days.
    private static let standing = Duration.seconds(30)
    /// So long an intent waits for somebody to name a RIC.
    private static let ricsWithin = Duration.seconds(300)
    /// Planning and rendering are one step here; the handbook counts them apart.
    let rendered = Counter(label: "nephoran_processing_total", dimensions: [("controller", "manifest-generation")])

    init(planning: IntentPlanning, turns: TurnTaking, onPartialFailure: PartialFailurePolicy) {
        self.planning = planning
        self.turns = turns
        self.onPartialFailure = onPartialFailure
    }

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        await withTaskGroup(of: (Int, StageOutcome).self) { group in
            for (index, leased) in batch.enumerated() { group.addTask { (index, await leased.traced { await self.outcome(leased.snapshot) }) } }
            var outcomes = [StageOutcome?](repeating: nil, count: batch.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.map { $0 ?? .retry(reason: "planning was cut short") }
        }
    }

    private func outcome(_ snapshot: RecordSnapshot) async -> StageOutcome {
        do {
            if snapshot.ending != nil { return try await self.undo(snapshot) }
            if let wait = try await self.supersede(snapshot) { return wait }
            guard snapshot.replans <= Self.maxReplans else {
                throw Problem(
                    status: 409, code: "publish_conflict", title: "No agreement",
                    detail: "What it is planned against changed \(snapshot.replans) times before it could be published.")
            }
            // Planning is dear: with many in line, those who are not first would keep the processors from the one who is.
            if let line = try await self.turns.line(of: snapshot) {
                return try self.waiting(
                    "for \(try await self.turns.name(of: line.holder, for: snapshot)), which is at \(line.object)",
                    min(Self.patience * line.before, Self.standing), snapshot)
            }
            var room = self.planning.rooms.view(for: snapshot.id)
            // In which clusters this has taken room already, only to learn that others were before.
            var overtaken: [Set<String>] = []
            // Mostly twice at most: the claim that the first planning led to is ours by the second, and who took room before is counted by then.
            while true {
                let mark = try await self.turns.mark()
                let outcome = try await self.plan(snapshot, room)
                if outcome.dependsOnRoom, try await self.planning.rooms.clears(room) {
                    room = self.planning.rooms.view(for: snapshot.id)
                    continue
                }
                let held = overtaken.reduce(into: Set()) { $0.formUnion($1) }
                guard case .plan(let plan, let files) = outcome, !plan.isNoOp else {
                    try await self.planning.releaseRoom(of: snapshot, and: held)
                    return try await self.settle(outcome, snapshot)
                }
                if try self.needsApproval(plan, snapshot) {
                    // Nothing is on its way yet, and a person may take days.
                    try await self.planning.releaseRoom(of: snapshot, and: held)
                    return try await self.approval(of: plan, files, snapshot)
                }
                if let wait = self.wait(for: plan, of: snapshot) {
                    // Nothing will be done now, so nobody needs to wait for it.
                    try await self.turns.release(snapshot)
                    try await self.planning.releaseRoom(of: snapshot, and: held)
                    return try self.waiting("\(RecordSnapshot.windowReason), which begins at \(plan.window?.start ?? "")", wait, snapshot)
                }
                let (turn, conflicts) = try await self.turns.take(plan.wishes, of: snapshot, since: mark)
                switch turn {
                case .ours: break
                case .oursButChanged: continue
                case .waits(let object, let holder):
                    try await self.planning.releaseRoom(of: snapshot, and: held)
                    return try self.waiting(
                        "for \(try await self.turns.name(of: holder, for: snapshot)), which is at \(object)", Self.patience, snapshot, conflicts)
                case .aside(let object, let other, let phase):
                    try await self.planning.releaseRoom(of: snapshot, and: held)
                    let name = try await self.turns.name(of: other, for: snapshot)
                    let reason = "for \(name), \(phase.state) and wants something else of \(object); \(RecordSnapshot.decisionReason)"
                    return try self.waiting(reason, Self.standing, snapshot, conflicts)
                }
                guard case .others(let view) = try await self.planning.takeRoom(for: plan, of: snapshot, earlier: held, with: room) else {
                    return .step(try self.execution(of: plan, files, conflicts, snapshot))
                }
                overtaken.append(Set(plan.packages.map(\.cluster)))
                guard overtaken.count < Self.mostOvertakings else {
                    try await self.planning.releaseRoom(of: snapshot, and: held.union(plan.packages.map(\.cluster)))
                    return try self.waiting("for others that are placed in the same clusters", Self.patience, snapshot, conflicts)
                }
                room = view
            }
        } catch let error as LedgerError {
            return error.code == .corrupt
                ? .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)")) : .retry(reason: "\(error)")
        } catch let problem as Problem {
            return .fail(problem)
        } catch let error as ServiceCallError {
            if let problem = error.ofMisplacedPackage { return .fail(problem) }
            return .retry(reason: "\(error)")
        } catch let awaited as RICsAwaited {
            return self.waiting(awaited, snapshot)
        } catch is InventoryAwaited {
            // However long the O-Cloud takes: that is no failure of the intent.
            return (try? self.waiting("for the O-Cloud's inventory, which has not been read yet", Self.patience, snapshot)) ?? .wait(Self.patience)
        } catch {
            return .retry(reason: "\(error)")
        }
    }

    private func plan(_ snapshot: RecordSnapshot, _ room: RoomView) async throws -> PlanOutcome {
        guard let interpretation = try snapshot.interpretation() else {
            throw Problem(status: 500, code: "internal", title: "Nothing to plan", detail: "The intent has no interpretation.")
        }
        let (answers, request) = (try snapshot.planningAnswers(), try snapshot.request())
        let outcome = try await Correlation.spanning("plan") { span in
            let outcome = try await self.planning.plan(
                interpretation, answers: answers, request: request, acceptedAt: Timestamp.text(snapshot.created), isPreview: snapshot.isPreview,
                room: snapshot.isPreview ? NoRoomTaken() : room)
            if case .plan(let plan, _) = outcome {
                span?.set("nephoran.plan.packages", plan.packages.count)
                span?.set("nephoran.plan.policies", plan.policies.count)
            }
            return outcome
        }
        // What this intent has brought into effect before a conflict is not planned again: "10 % more" would be 10 % more of that.
        guard snapshot.tracks[Track.Name.ran.rawValue]?.state == .succeeded, case .plan(var plan, let files) = outcome, let earlier = try snapshot.plan() else {
            return outcome
        }
        plan.policies = earlier.policies
        return .plan(plan, files: files)
    }

    // MARK: Waiting

    /// Why and how long a plan has to wait for its time window.
    func wait(for plan: Plan, of snapshot: RecordSnapshot) -> Duration? {
        plan.window?.opening.flatMap { $0 > self.turns.now() ? .milliseconds($0 - self.turns.now()) : nil }
    }

    private func waiting(_ reason: String, _ time: Duration, _ snapshot: RecordSnapshot, _ conflicts: [Conflict] = []) throws -> StageOutcome {
        let time = min(time, .seconds(3600))
        let known = try snapshot.decode([Conflict].self, .conflicts) ?? []
        let all = Self.merge(conflicts, into: known)
        // Said once; after that it only waits on.
        if all.count == known.count, try snapshot.decode(String.self, .waitsFor) == reason { return .wait(time) }
        let new = all.dropFirst(known.count).map(\.detail)
        var step = Step(by: self.name, detail: (["waits \(reason)"] + new).joined(separator: ". "))
        step.next = [.plan]
        step.delay = time
        step.fields = [(.waitsFor, try LedgerJSON.encode(reason))]
        if all.count > known.count { step.fields.append((.conflicts, try LedgerJSON.encode(all))) }
        return .step(step)
    }

    /// A conflict stays in the record when its other side has ended. Of very many the first say enough.
    static func merge(_ conflicts: [Conflict], into known: [Conflict]) -> [Conflict] {
        Array((known + conflicts.filter { conflict in !known.contains { $0.isAbout(conflict) } }).prefix(max(known.count, 32)))
    }

    /// For a management service that may be at a wrong address: not for ever.
    func waiting(_ awaited: RICsAwaited, _ snapshot: RecordSnapshot) -> StageOutcome {
        let now = self.turns.now()
        // What it stood for a person or a window is not counted.
        guard .milliseconds(now - snapshot.created - snapshot.standing(until: now)) < Self.ricsWithin else { return .fail(awaited.problem) }
        // In the same words as long as it lasts; why it does not answer is said by the adaptor, and at the end.
        let reason = "for the A1 policy management service (A1_PMS_URL), which has not named a RIC yet"
        return (try? self.waiting(reason, Self.patience, snapshot)) ?? .wait(Self.patience)
    }

    // MARK: Ends

    /// The intent that this one replaces must have ended before this one is planned.
    private func supersede(_ snapshot: RecordSnapshot) async throws -> StageOutcome? {
        guard let text = try snapshot.request().supersedes, let old = IntentID(text) else { return nil }
        return try await self.turns.supersede(old, by: snapshot.id)
            ? nil : try self.waiting("for intent \(old), which it supersedes, to end", Self.patience, snapshot)
    }

    /// A roll back takes its turn on the objects like everything that changes them.
    private func undo(_ snapshot: RecordSnapshot) async throws -> StageOutcome {
        guard let ending = snapshot.ending else { return .wait(.zero) }
        let objects = try snapshot.plan()?.objects ?? []
        if case .waits(let object, let holder) = try await self.turns.take(objects, for: snapshot) {
            return try self.waiting("for \(try await self.turns.name(of: holder, for: snapshot)), which is at \(object)", Self.patience, snapshot)
        }
        try await self.planning.releaseRoom(of: snapshot)
        var step = Step(by: self.name)
        step.ending = Ending(ending)
        step.fields = [(.waitsFor, [])]
        return .step(step)
    }
}

extension PlanOutcome {
    /// Another might come of it if there were more room.
    fileprivate var dependsOnRoom: Bool {
        switch self {
        case .plan: false
        case .clarify(let questions): questions.contains { $0.field == "context.cluster" }
        case .refuse(let problem): problem.code == Planner.infeasible
        }
    }
}
