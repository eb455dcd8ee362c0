import IntentModel
import Synchronization

/// Distinct intents at a steady pace, until it is stopped.
final class SteadyOrders: Sendable {
    private struct State {
        var accepted: [IntentID] = []
        var refusals: [String] = []
        var isOver = false
        var number = 0
    }

    private let name: String
    private let namespaces: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: what the names of functions and namespaces begin with.
    ///   - namespaces: how many the functions are spread over.
    init(_ name: String, namespaces: Int = 1) {
        self.name = name
        self.namespaces = namespaces
    }

    var accepted: [IntentID] { self.state.withLock { $0.accepted } }
    var refusals: [String] { self.state.withLock { $0.refusals } }
    func stop() { self.state.withLock { $0.isOver = true } }

    /// May run several times at once. The time that an answer takes is part of the interval.
    func submit(to gateway: Gateway, every interval: Duration) async throws {
        var next = ContinuousClock.now
        while !self.state.withLock({ $0.isOver }) {
            let number = self.state.withLock {
                $0.number += 1
                return $0.number
            }
            do {
                let id = try await gateway.accept("Deploy an NRF named \(self.name)-\(number) in namespace \(self.name)-\(number % self.namespaces)")
                self.state.withLock { $0.accepted.append(id) }
            } catch {
                self.state.withLock { $0.refusals.append("\(error)") }
            }
            next = max(next + interval, .now - interval)
            try await Task.sleep(until: next)
        }
    }
}
