import IntentModel
import JSONSchema
import Logging
import Metrics
import RedisClient
import ServiceLifecycle

/// Compares what RICs hold with what they are to hold, and puts back what they lost: a RIC may restart without its policies, or somebody
/// may change one behind our back. Policies of others are never touched, and one that an intent is changing is left alone. Of those that are as
/// they are to be it asks whether they are enforced.
package final class DriftWatch: Service {
    private let fleet: RICFleet
    private let executor: PolicyExecutor
    private let desired: DesiredPolicies
    private let fulfilment: PolicyFulfilment?
    private let interval: Duration
    private let instance: String
    private let logger: Logger
    /// Of policies that are there, this many are compared in one pass, going round; what is missing is seen at once.
    private static let comparedInPass = 32
    private static let side = 16

    /// - Parameter fulfilment: hears whether policies are enforced; without it RICs are not asked.
    init(
        fleet: RICFleet, executor: PolicyExecutor, desired: DesiredPolicies, fulfilment: PolicyFulfilment? = nil, interval: Duration, instance: String,
        logger: Logger
    ) {
        self.fleet = fleet
        self.executor = executor
        self.desired = desired
        self.fulfilment = fulfilment
        self.interval = interval
        self.instance = instance
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var pass = 0
            while !Task.isCancelled {
                await self.compare(pass)
                pass += 1
                // Instances that start together shall not ask together.
                try? await Task.sleep(for: self.interval * Double.random(in: 0.8...1))
            }
        }
    }

    /// All RICs once, side by side: a dead one delays no other.
    func compare(_ pass: Int) async {
        guard let sessions = try? await self.fleet.sessions() else { return }
        await withTaskGroup(of: Void.self) { group in
            for (started, session) in sessions.enumerated() {
                if started >= Self.side { await group.next() }
                group.addTask { await self.compare(session, pass) }
            }
        }
    }

    private func compare(_ session: RICSession, _ pass: Int) async {
        let ric = session.ric.name
        do {
            guard try await self.desired.claims(ric, as: self.instance, for: self.interval * 2) else { return }
            let policies = try await self.desired.policies(of: ric)
            guard !policies.isEmpty, await session.report().state == .available else { return }
            let (lost, kept) = try await self.drifted(policies, at: session, pass)
            if !lost.isEmpty {
                self.logger.notice("the RIC does not hold what it is to hold", metadata: ["ric": "\(ric)", "policies": "\(lost.count)"])
                InterfaceMetrics.restored(ric, await self.restore(lost, at: session))
            }
            try await self.heed(kept, at: session)
        } catch {
            self.logger.debug("not compared", metadata: ["ric": "\(ric)", "error": "\(error)"])
        }
    }

    /// - Returns: what is to be put back, and what was compared in this pass and is as it is to be.
    private func drifted(
        _ policies: [DesiredPolicy], at session: RICSession, _ pass: Int
    ) async throws(A1Error) -> (lost: [DesiredPolicy], kept: [DesiredPolicy]) {
        var lost: [DesiredPolicy] = []
        var kept: [DesiredPolicy] = []
        var there: [DesiredPolicy] = []
        for (type, policies) in Dictionary(grouping: policies, by: \.policyType).sorted(by: { $0.key < $1.key }) {
            let held: Set<String>
            do {
                held = Set(try await session.client.policies(of: type))
            } catch  where error.kind == .notFound {
                // It does not even know the type any more; there is nothing to put.
                continue
            }
            for policy in policies { if held.contains(policy.policyId) { there.append(policy) } else { lost.append(policy) } }
        }
        for offset in 0..<min(Self.comparedInPass, there.count) {
            let policy = there[(pass * Self.comparedInPass + offset) % there.count]
            guard let wanted = try? JSONValue(parsing: policy.document) else { continue }
            if try await session.client.policy(policy.policyId, of: policy.policyType) == wanted { kept.append(policy) } else { lost.append(policy) }
        }
        return (lost, kept)
    }

    /// What the RIC makes of policies that it holds.
    private func heed(_ policies: [DesiredPolicy], at session: RICSession) async throws {
        guard let fulfilment = self.fulfilment else { return }
        for policy in policies {
            let said: PolicyStatus?
            do throws(A1Error) {
                said = try await session.client.status(of: policy.policyId, of: policy.policyType)
            } catch {
                // One that cannot say it of this policy may say it of others; one that does not answer is not waited for as often as it has policies.
                if error.mayRetry { return }
                continue
            }
            guard let status = said else { continue }
            try await fulfilment.heed(status, of: .init(ric: session.ric.name, type: policy.policyType, policy: policy.policyId))
        }
    }

    /// An intent may change a policy while we put it back. So each is read again right before, and again after until nobody changes it
    /// and it is as it is to be.
    ///
    /// - Returns: how many were put.
    private func restore(_ policies: [DesiredPolicy], at session: RICSession) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            var count = 0
            for (started, policy) in policies.enumerated() {
                if started >= Self.side, await group.next() == true { count += 1 }
                group.addTask { await self.restore(policy, at: session) }
            }
            for await isRestored in group where isRestored { count += 1 }
            return count
        }
    }

    /// - Returns: whether the RIC took it again.
    private func restore(_ policy: DesiredPolicy, at session: RICSession) async -> Bool {
        let ric = session.ric.name
        var last: DesiredPolicies.Now?
        var isRestored = false
        for _ in 0..<20 {
            guard let now = try? await self.desired.policy(policy.policyId, of: policy.policyType, at: ric) else { return isRestored }
            if now == last { return isRestored }
            switch now {
            case .changing:
                // Before we did anything, it is the intent's business; after, what comes of it has to be compared with what we did.
                guard last != nil, (try? await Task.sleep(for: .milliseconds(500))) != nil else { return isRestored }
                continue
            case .absent:
                guard last != nil else { return isRestored }
                let change = PolicyChange(policyId: policy.policyId, policyType: policy.policyType, ric: ric, change: .delete, document: "")
                _ = await self.executor.apply([change])
            case .desired(let wanted):
                let change = PolicyChange(policyId: wanted.policyId, policyType: wanted.policyType, ric: ric, change: .put, document: wanted.document)
                switch await self.executor.apply([change]) {
                case .applied(let policies): isRestored = isRestored || policies.contains { $0.change == .put }
                case .failed(let problem):
                    self.logger.warning(
                        "a policy could not be put back", metadata: ["ric": "\(ric)", "policy": "\(wanted.policyId)", "reason": "\(problem.detail)"])
                case .retry: break
                }
            }
            last = now
        }
        return isRestored
    }
}
