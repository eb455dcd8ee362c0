import IntentModel
import PackagePlanning
import ServiceClient
import ServiceLifecycle
import Telemetry

/// Keeps the planner's knowledge of the O-Cloud current, so that planning itself asks nobody: oran-adaptor reads the inventory, this takes it over.
final class CloudWatch: Service {
    private struct Answer: Decodable {
        var items: [ObservedClusters.Cluster]?
        var configured: Bool
        var readAt: String?
        var isStale: Bool?
    }

    private let client: ServiceClient
    private let planners: CurrentPlanner
    private let interval: Duration
    /// After so long without an answer what is known is stale, and what is not known is not waited for.
    private let patience: Duration
    private let isExpected: Bool

    /// - Parameter isExpected: the settings say that there is an O-Cloud: until its inventory is known, nothing new is placed without a word of where.
    init(client: ServiceClient, planners: CurrentPlanner, isExpected: Bool, interval: Duration = .seconds(5), patience: Duration = .seconds(180)) {
        self.client = client
        self.planners = planners
        self.interval = interval
        self.patience = patience
        self.isExpected = isExpected
        if isExpected { planners.know(.awaited) }
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            var heard = ContinuousClock.now
            var known: ObservedClusters?
            while !Task.isCancelled {
                // An adaptor that begins has read nothing yet: what is known stays.
                let knowledge = await self.look()
                if let knowledge, knowledge != .awaited {
                    heard = .now
                    if case .read(let observed) = knowledge { known = observed } else { known = nil }
                    self.planners.know(knowledge)
                } else if heard.duration(to: .now) > self.patience {
                    if var old = known {
                        old.isStale = true
                        self.planners.know(.read(old))
                    } else if self.isExpected || knowledge == .awaited {
                        self.planners.know(.silent)
                    }
                } else if knowledge == .awaited, known == nil {
                    self.planners.know(.awaited)
                }
                try? await Task.sleep(for: self.interval * Double.random(in: 0.8...1))
            }
        }
    }

    /// Looks all day are in no trace, nor begin one.
    private static func untold() -> [(String, String)] {
        let trace = TraceParent.generate()
        let quiet = TraceParent(traceHigh: trace.traceHigh, traceLow: trace.traceLow, span: trace.span, isSampled: false)
        return Correlation.traceHeaders(quiet, "")
    }

    /// Nil when the adaptor does not answer; `.awaited` when it has read nothing yet.
    private func look() async -> CloudKnowledge? {
        guard let answer = try? await self.client.get(Answer.self, "/v1/o2/clusters", headers: Self.untold()) else { return nil }
        guard answer.configured else { return CloudKnowledge.none }
        guard let clusters = answer.items, let readAt = answer.readAt.flatMap(Timestamp.milliseconds) else { return .awaited }
        return .read(ObservedClusters(clusters: clusters, readAt: readAt, isStale: answer.isStale ?? true))
    }
}
