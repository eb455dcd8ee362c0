import HTTPFetch
import IntentModel
import JSONSchema
import Synchronization
import TestSupport
import Testing

/// Many clients submit while processes are killed; then the books are checked: against git's log, not against the ledger.
struct FaultRun: Sendable {
    let installation: Installation
    let orders: [FaultOrder]
    let blows: [Blow]
    let chaos: Chaos?
    /// Where the policies of the orders go.
    let ric: FakeRIC?
    var clients = 50
    /// Seconds that a client follows an intent before it submits the next.
    var wait = 5
    /// For whatever has not ended when the last submission is answered.
    var patience: Duration

    private let progress = Progress()

    init(
        _ installation: Installation, orders: [FaultOrder], blows: [Blow] = [], chaos: Chaos? = nil, ric: FakeRIC? = nil, patience: Duration = .seconds(60)
    ) {
        self.chaos = chaos
        self.ric = ric
        self.installation = installation
        self.orders = orders
        self.blows = blows
        self.patience = patience
    }

    func perform() async throws -> FaultReport {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<self.clients { group.addTask { try await self.submit() } }
            group.addTask { try await self.strike() }
            group.addTask { try await self.chaos?.perform(on: self.installation) { self.progress.isOver } }
            group.addTask { try await self.untilQuiet() }
            try await group.waitForAll()
        }
        return try await self.audit()
    }

    // MARK: Load

    /// One client: an intent at a time, repeated with its key until it is accepted, and followed to its end for a while.
    private func submit() async throws {
        while let order = self.progress.next(of: self.orders) {
            let body = #"{"intent": "\#(order.intent)"}"#
            // An outage may last as long as it takes to read a large ledger again, one after the other.
            let deadline = ContinuousClock.now + .seconds(Endurance.value(120, whenOn: 1_800))
            while ContinuousClock.now < deadline {
                do throws(FetchError) {
                    let reply = try await self.installation.gateway.call(
                        "POST", "/v1/intents", json: body, headers: [("idempotency-key", order.key), ("prefer", "wait=\(self.wait)")], timeout: .seconds(15)
                    )
                    if reply.status == 200 || reply.status == 202 {
                        self.progress.accepted(order, reply["id"] as? String ?? "")
                        break
                    }
                    guard reply.status >= 500 else {
                        Issue.record("“\(order.intent)” was refused: \(reply)")
                        break
                    }
                } catch {
                    guard error.mayRetry || error.isBrokenConnection else { throw error }
                }
                try await Task.sleep(for: .milliseconds(.random(in: 20...100)))
            }
        }
        self.progress.finished()
    }

    /// Nothing is submitted any more and nothing is left to do.
    private func untilQuiet() async throws {
        let deadline = ContinuousClock.now + .seconds(3_000)
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(1))
            guard self.progress.finishedClients == self.clients else { continue }
            if (try? await self.installation.queues.leftovers().isEmpty) == true { break }
        }
        self.progress.end()
    }

    // MARK: Faults

    private func strike() async throws {
        for blow in self.blows {
            guard try await self.moment(of: blow) else {
                Issue.record("the moment to kill \(blow.target) did not come")
                continue
            }
            switch blow.target {
            case .service(let service): try await self.installation.killAndRestart(service)
            case .redis:
                self.installation.ledger.kill()
                try await self.installation.ledger.restart()
            }
        }
    }

    /// False when the run is over before it has come.
    private func moment(of blow: Blow) async throws -> Bool {
        while self.progress.finishedClients < self.clients {
            switch blow.moment {
            case .answered(let count): if self.progress.answered >= count { return true }
            case .unprotected: if try await self.installation.queues.hasUnprotectedIntent() { return true }
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    // MARK: Books

    private func audit() async throws -> FaultReport {
        var report = FaultReport()
        let answers = self.progress.answers
        var intents: [FaultOrder: IntentID] = [:]
        for order in self.orders {
            let ids = answers[order.key] ?? []
            if ids.count > 1 { report.split.append(order.key) }
            if let id = ids.first.flatMap({ IntentID($0) }) { intents[order] = id } else { report.notAccepted.append(order.key) }
        }
        let records = try await self.ends(of: Array(intents.values))
        report.lost = records.filter { !$0.phase.isTerminal }.map(\.id)
        report.failed = records.filter { $0.phase.isTerminal && $0.phase != .published && $0.phase != .fulfilled }.map {
            "\($0.id) \($0.phase.rawValue): \($0.problem?.detail ?? "")"
        }

        let commits = try await self.installation.repository.revisions().reduce(into: [:]) { $0[$1, default: 0] += 1 }
        report.repeated = commits.filter { $0.value > 1 }.map { "\($0.key.intent) \($0.key.path) ×\($0.value)" }
        let known = Set(intents.values.map(\.description))
        report.strangers = commits.keys.filter { !known.contains($0.intent) }.map { "\($0.intent) \($0.path)" }
        let lost = Set(report.lost)
        for (order, id) in intents where !lost.contains(id) {
            for path in order.creates {
                let count = commits[PublishedRepository.Revision(intent: id.description, path: path), default: 0]
                if count != 1 { report.missing.append("\(id) \(path) ×\(count)") }
            }
        }
        // What an intent says that it changed is what git says.
        for record in records where record.phase == .published {
            for package in record.packages
            where package.change != .none && commits[PublishedRepository.Revision(intent: record.id.description, path: package.path)] != 1 {
                report.missing.append("\(record.id) \(package.path) as recorded")
            }
        }
        report.policies = self.policies(intents.filter { !lost.contains($0.value) }.map(\.key))
        report.leftovers = try await self.installation.queues.leftovers(within: .seconds(10))
        report.surplus = try await self.installation.queues.accepted() - intents.count
        return report
    }

    /// By the RIC's log: each slice was given a policy once, and that policy has not been taken away.
    private func policies(_ orders: [FaultOrder]) -> [String] {
        guard let ric = self.ric else { return [] }
        var created: [String: Int] = [:]
        for request in ric.requests where request.status == 201 {
            guard let document = try? JSONValue(parsing: Array(request.body.utf8)), let id = document["scope"]?["sliceId"] else { continue }
            created["\(Int(id["sst"]?.number ?? 0))-\(id["sd"]?.string?.lowercased() ?? "")", default: 0] += 1
        }
        var wrong: [String] = []
        for slice in orders.compactMap(\.slice) {
            let count = created.removeValue(forKey: slice) ?? 0
            if count != 1 { wrong.append("\(slice) ×\(count)") }
        }
        wrong += created.map { "\($0.key) of nobody ×\($0.value)" }
        if ric.policies.count != orders.count(where: { $0.slice != nil }) { wrong.append("\(ric.policies.count) at the end") }
        return wrong
    }

    /// Records once they have ended; as they are when patience is at its end.
    private func ends(of ids: [IntentID]) async throws -> [IntentRecord] {
        let deadline = ContinuousClock.now + self.patience
        return try await withThrowingTaskGroup(of: [IntentRecord].self) { group in
            let width = 16
            for lane in 0..<width {
                group.addTask {
                    var records: [IntentRecord] = []
                    for id in stride(from: lane, to: ids.count, by: width).map({ ids[$0] }) {
                        records.append(try await self.installation.gateway.settled(id, within: ContinuousClock.now.duration(to: deadline)))
                    }
                    return records
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// What the clients of a run have come to.
private final class Progress: Sendable {
    private struct State {
        var next = 0
        var finishedClients = 0
        var isOver = false
        var answers: [String: Set<String>] = [:]
    }

    private let state = Mutex(State())

    func next(of orders: [FaultOrder]) -> FaultOrder? {
        self.state.withLock { state in
            guard state.next < orders.count else { return nil }
            state.next += 1
            return orders[state.next - 1]
        }
    }

    func accepted(_ order: FaultOrder, _ id: String) {
        self.state.withLock { _ = $0.answers[order.key, default: []].insert(id) }
    }

    func end() { self.state.withLock { $0.isOver = true } }

    func finished() { self.state.withLock { $0.finishedClients += 1 } }

    /// Clients that have nothing left to do.
    var finishedClients: Int { self.state.withLock { $0.finishedClients } }
    /// And their intents have come to theirs.
    var isOver: Bool { self.state.withLock { $0.isOver } }
    /// Orders that a client was answered: at their end, or when it had followed one for long enough.
    var answered: Int { self.state.withLock { $0.answers.count } }
    var answers: [String: Set<String>] { self.state.withLock { $0.answers } }
}

extension FetchError {
    /// The server died under the request.
    fileprivate var isBrokenConnection: Bool { if case .transfer = self { true } else { false } }
}
