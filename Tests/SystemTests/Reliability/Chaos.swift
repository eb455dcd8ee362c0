import Glibc
import Synchronization
import TestSupport
import Testing

/// Every two seconds something is killed or stopped for a while, at random; the same seed strikes the same blows.
final class Chaos: Sendable {
    enum Victim: Hashable, Sendable, CustomStringConvertible {
        case service(ServiceName)
        case ledger, cache
        /// The git processes that nephio-bridge runs.
        case git

        static let all: [Victim] = ServiceName.allCases.map(Victim.service) + [.ledger, .ledger, .cache, .git]

        var description: String {
            switch self {
            case .service(let name): name.rawValue
            case .ledger: "redis"
            case .cache: "cache"
            case .git: "git"
            }
        }
    }

    static let interval = Duration.seconds(2)

    let seed: UInt64
    private let state = Mutex(State())

    private struct State {
        var strikes: [String: Int] = [:]
        var surprises: [String] = []
    }

    init(seed: UInt64) {
        self.seed = seed
        Figure.report("chaos: NEPHORAN_SEED=\(seed)")
    }

    /// How often what was done.
    var strikes: [String: Int] { self.state.withLock { $0.strikes } }
    /// Processes that ended though nobody had killed them.
    var surprises: [String] { self.state.withLock { $0.surprises } }

    /// Until it is over; then everything runs again.
    func perform(on installation: Installation, until isOver: @Sendable () -> Bool) async throws {
        var random = SeededRandom(seed: self.seed)
        var next = ContinuousClock.now + Self.interval
        while !isOver() {
            if ContinuousClock.now < next {
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            next = ContinuousClock.now + Self.interval
            let victim = Victim.all.randomElement(using: &random) ?? .ledger
            let isKill = Bool.random(using: &random)
            // A worker may be stopped for longer than its lease lasts, and must then find that its work is somebody else's.
            let pause = Duration.milliseconds(Int.random(in: isKill ? 0...500 : 100...2_500, using: &random))
            self.state.withLock { $0.strikes["\(victim) \(isKill ? "killed" : "stopped")", default: 0] += 1 }
            try await self.strike(victim, isKill: isKill, pause, installation)
            for service in ServiceName.allCases where try !installation.process(service).isRunning {
                self.state.withLock { $0.surprises.append("\(service.rawValue) after \(victim) \(isKill ? "killed" : "stopped")") }
                try installation.process(service).restart()
            }
        }
        for service in ServiceName.allCases { try await installation.untilReady(service) }
    }

    private func strike(_ victim: Victim, isKill: Bool, _ pause: Duration, _ installation: Installation) async throws {
        switch victim {
        case .service(let service):
            let process = try installation.process(service)
            if isKill {
                process.kill()
                try await Task.sleep(for: pause)
                try process.restart()
            } else {
                process.signal(SIGSTOP)
                try await Task.sleep(for: pause)
                process.signal(SIGCONT)
            }
        case .ledger, .cache:
            let server = victim == .ledger ? installation.ledger : installation.cache
            if isKill {
                server.kill()
                try await Task.sleep(for: pause)
                try await server.restart()
            } else {
                server.signal(SIGSTOP)
                try await Task.sleep(for: pause)
                server.signal(SIGCONT)
            }
        case .git:
            let children = ProcessFigures.children(of: try installation.process(.bridge).processID)
            for child in children { kill(child, isKill ? SIGKILL : SIGSTOP) }
            guard !isKill else { return }
            try await Task.sleep(for: pause)
            for child in children { kill(child, SIGCONT) }
        }
    }
}
