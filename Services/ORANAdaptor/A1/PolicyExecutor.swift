package import IntentModel
import JSONSchema

/// Brings RICs to the policies of a plan. Every step compares before it changes, so a repeat is a no-op; RICs work side by side and
/// `concurrency` policies at a time within each.
package struct PolicyExecutor: Sendable {
    package struct Settings: Sendable {
        /// How long a status is waited for before the caller has to come again.
        package var statusDeadline: Duration = .seconds(2)
        /// Attempts of one step before the caller has to come again.
        package var attempts = 3
        /// First wait between attempts and between looks at a status; doubles each time.
        package var firstWait: Duration = .milliseconds(50)
        package var longestWait: Duration = .seconds(1)
        package var concurrency = 16

        package init() {}
    }

    private let fleet: RICFleet
    private let catalogue: PolicyTypeCatalogue
    private let statuses: StatusBoard
    private let settings: Settings

    package init(fleet: RICFleet, catalogue: PolicyTypeCatalogue, statuses: StatusBoard = StatusBoard(), settings: Settings = Settings()) {
        self.fleet = fleet
        self.catalogue = catalogue
        self.statuses = statuses
        self.settings = settings
    }

    /// A change without a RIC goes to every RIC. While there may be others than those that are known, these get it, and the others are waited for.
    package func apply(_ changes: [PolicyChange]) async -> PolicyOutcome {
        let work = changes.filter { $0.change != .skip && $0.change != .none }
        let roster = await self.fleet.roster(of: work.contains { $0.ric == nil } ? nil : Set(work.compactMap(\.ric)))
        let sessions = Dictionary(roster.sessions.map { ($0.ric.name, $0) }, uniquingKeysWith: { first, _ in first })
        let changes = changes.flatMap { change -> [PolicyChange] in
            guard change.ric == nil, change.change != .skip, change.change != .none else { return [change] }
            // The one that is left without a RIC stands for those that are not known.
            return roster.sessions.map { change.directed(to: $0.ric.name) } + (roster.doubt == nil ? [] : [change])
        }
        var settled: [Int: Result<AppliedPolicy, A1Error>] = [:]
        var shares: [String: [(Int, PolicyChange)]] = [:]
        for (index, change) in changes.enumerated() {
            let name = change.ric ?? ""
            if change.change == .skip || change.change == .none {
                settled[index] = .success(
                    AppliedPolicy(policyId: change.policyId, policyType: change.policyType, ric: name, change: change.change, enforceReason: change.reason))
            } else if sessions[name] == nil {
                settled[index] = .failure(roster.absence(of: change.ric))
            } else {
                shares[name, default: []].append((index, change))
            }
        }
        await withTaskGroup(of: [(Int, Result<AppliedPolicy, A1Error>)].self) { group in
            for (name, changes) in shares {
                guard let session = sessions[name] else { continue }
                group.addTask { await self.apply(changes, to: session) }
            }
            for await results in group { for (index, result) in results { settled[index] = result } }
        }
        return PolicyExecutor.outcome(of: changes.indices.compactMap { settled[$0] }, expected: changes.count)
    }

    private static func outcome(of results: [Result<AppliedPolicy, A1Error>], expected: Int) -> PolicyOutcome {
        var applied: [AppliedPolicy] = []
        var final: [A1Error] = []
        var passing: [A1Error] = []
        for result in results {
            switch result {
            case .success(let policy): applied.append(policy)
            case .failure(let error): if error.mayRetry { passing.append(error) } else { final.append(error) }
            }
        }
        if var problem = final.first?.problem {
            if final.count > 1 { problem.detail = final.prefix(8).map(\.description).joined(separator: "; ") }
            if !applied.isEmpty { problem.detail += ". \(applied.count) of \(expected) policies took effect." }
            return .failed(problem)
        }
        if !passing.isEmpty {
            return .retry(reason: passing.prefix(8).map(\.description).joined(separator: "; "), after: passing.compactMap(\.retryAfter).max())
        }
        return .applied(applied)
    }

    // MARK: One RIC

    private func apply(_ changes: [(Int, PolicyChange)], to session: RICSession) async -> [(Int, Result<AppliedPolicy, A1Error>)] {
        await withTaskGroup(of: (Int, Result<AppliedPolicy, A1Error>).self) { group in
            var results: [(Int, Result<AppliedPolicy, A1Error>)] = []
            for (started, (index, change)) in changes.enumerated() {
                if started >= self.settings.concurrency, let result = await group.next() { results.append(result) }
                group.addTask { (index, await self.apply(change, to: session)) }
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    private func apply(_ change: PolicyChange, to session: RICSession) async -> Result<AppliedPolicy, A1Error> {
        var wait = self.settings.firstWait
        var attempt = 1
        while true {
            do {
                return .success(change.change == .delete ? try await self.delete(change, at: session) : try await self.put(change, at: session))
            } catch {
                // A RIC that asks for more than a moment is left alone: the caller has a queue for that.
                let pause = error.retryAfter ?? wait
                guard error.mayRetry, attempt < self.settings.attempts, pause <= self.settings.longestWait, session.upstream.budget.mayRetry() else {
                    return .failure(error)
                }
                guard (try? await Task.sleep(for: error.retryAfter ?? PolicyExecutor.jittered(wait))) != nil else { return .failure(error) }
                attempt += 1
                wait = min(wait * 2, self.settings.longestWait)
            }
        }
    }

    private func put(_ change: PolicyChange, at session: RICSession) async throws(A1Error) -> AppliedPolicy {
        let ric = session.ric.name
        let document: JSONValue
        do {
            document = try JSONValue(parsing: change.document)
        } catch {
            throw A1Error(.rejected, ric: ric, detail: "the policy \(change.policyId) is not JSON: \(error)")
        }
        try self.validate(document, change, against: try await session.policyType(change.policyType), ric)

        var applied = AppliedPolicy(policyId: change.policyId, policyType: change.policyType, ric: ric, change: .none)
        let current = try await session.client.policy(change.policyId, of: change.policyType)
        if current != document {
            if current == nil { try await self.checkScope(document, change, at: session) }
            let destination = session.notifications?.destination(ric: ric, type: change.policyType, policy: change.policyId)
            // What was told until now was told of another document.
            self.statuses.forget(.init(ric: ric, type: change.policyType, policy: change.policyId))
            do {
                _ = try await session.client.put(document, as: change.policyId, of: change.policyType, notificationDestination: destination)
            } catch {
                if error.kind == .rejected || error.kind == .notFound { session.forget(change.policyType) }
                // A conflict with ourselves, an earlier attempt whose answer was lost, is none.
                guard error.kind == .conflict, try await session.client.policy(change.policyId, of: change.policyType) == document else { throw error }
            }
            applied.change = .put
        }
        let status = await self.settledStatus(of: change, at: session)
        applied.enforceStatus = status.enforcement.rawValue
        applied.enforceReason = status.reason
        return applied
    }

    private func delete(_ change: PolicyChange, at session: RICSession) async throws(A1Error) -> AppliedPolicy {
        let existed = try await session.client.delete(change.policyId, of: change.policyType)
        self.statuses.forget(.init(ric: session.ric.name, type: change.policyType, policy: change.policyId))
        return AppliedPolicy(policyId: change.policyId, policyType: change.policyType, ric: session.ric.name, change: existed ? .delete : .none)
    }

    /// Two policies of one type with the same scope contend for it, and which of them the RIC obeys is nobody's to say.
    private func checkScope(_ document: JSONValue, _ change: PolicyChange, at session: RICSession) async throws(A1Error) {
        guard let scope = document["scope"], let other = try await session.foreignPolicy(sharing: scope, of: change.policyType) else { return }
        throw A1Error(
            .conflict, ric: session.ric.name,
            detail: "it holds the policy \(other) of the type \(change.policyType) with the same scope, which is not ours: remove it, or leave it in charge")
    }

    private func validate(_ document: JSONValue, _ change: PolicyChange, against type: PolicyType, _ ric: String) throws(A1Error) {
        guard let schema = type.policySchema ?? self.catalogue.types[type.id]?.policySchema else { return }
        let violations = schema.violations(in: document)
        guard !violations.isEmpty else { return }
        throw A1Error(
            .rejected, ric: ric, detail: "the policy \(change.policyId) is not a valid \(type.id): \(violations.map(\.description).joined(separator: "; "))",
            violations: violations.map { Problem.Item(pointer: $0.pointer, detail: $0.detail) }
        )
    }

    // MARK: Status

    /// The last status seen when it settles or the deadline passes. A RIC that cannot say leaves the policy applied and `UNDEFINED`,
    /// unless it told on its own.
    private func settledStatus(of change: PolicyChange, at session: RICSession) async -> PolicyStatus {
        let key = StatusBoard.Key(ric: session.ric.name, type: change.policyType, policy: change.policyId)
        let deadline = ContinuousClock.now + self.settings.statusDeadline
        var wait = self.settings.firstWait
        var last = PolicyStatus.undefined
        while true {
            do {
                guard let status = try await session.client.status(of: change.policyId, of: change.policyType) else {
                    return self.statuses.status(of: key) ?? last
                }
                last = status
                if status.isSettled { return status }
            } catch {
                guard error.mayRetry else { return last }
            }
            if last.enforcement == .undefined, let told = self.statuses.status(of: key), told.isSettled { return told }
            guard ContinuousClock.now + wait < deadline, (try? await Task.sleep(for: wait)) != nil else { return last }
            wait = min(wait * 2, self.settings.longestWait)
        }
    }

    private static func jittered(_ wait: Duration) -> Duration { wait * Double.random(in: 0.5...1) }
}

extension PolicyChange {
    fileprivate func directed(to ric: String) -> PolicyChange {
        var change = self
        change.ric = ric
        return change
    }
}
