import TestSupport

/// A SIGKILL and a new start, at a moment of the run.
struct Blow: Sendable {
    enum Target: Sendable, CustomStringConvertible {
        case service(ServiceName)
        case redis

        var description: String {
            switch self {
            case .service(let name): name.rawValue
            case .redis: "redis-server"
            }
        }
    }

    enum Moment: Sendable {
        /// When this many intents have been accepted and have ended, or have been followed for as long as a client follows one.
        case answered(Int)
        /// While an intent is known and not yet interpreted, and no work for it is on a queue. A ledger without defects has no such moment.
        case unprotected
    }

    var target: Target
    var moment: Moment

    /// Every service in turn, then Redis, as often as said, spread over a run of `count` intents.
    static func everywhere(over count: Int, rounds: Int) -> [Blow] {
        let targets = Array(repeating: ServiceName.allCases.map(Target.service) + [.redis], count: rounds).flatMap { $0 }
        return targets.enumerated().map { Blow(target: $1, moment: .answered(count * ($0 + 1) / (targets.count + 2))) }
    }
}
