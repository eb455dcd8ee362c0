import IntentModel
import Synchronization

/// What was seen last of each intent, and at which state of its packages.
final class Looks: Sendable {
    private typealias Look = (stamps: [Int], observation: RolloutObserver.Observation, at: ContinuousClock.Instant)

    private let looks = Mutex<[IntentID: Look]>([:])
    /// More are not remembered: they are looked at each time.
    private let limit: Int
    /// A change that no watch brought is seen after this at the latest.
    private let age: Duration

    init(limit: Int = 10_000, age: Duration = .seconds(30)) {
        self.limit = limit
        self.age = age
    }

    func last(of id: IntentID, stamps: [Int?]) -> RolloutObserver.Observation? {
        let known = stamps.compactMap(\.self)
        guard known.count == stamps.count else { return nil }
        return self.looks.withLock { looks in
            guard let look = looks[id], look.stamps == known, look.at + self.age > .now else { return nil }
            return look.observation
        }
    }

    func note(_ observation: RolloutObserver.Observation, of id: IntentID, stamps: [Int?]) {
        let known = stamps.compactMap(\.self)
        guard known.count == stamps.count else { return }
        self.looks.withLock { looks in
            let now = ContinuousClock.now
            // Not every intent comes to its end here: what is too old to count makes room.
            if looks[id] == nil, looks.count >= self.limit { looks = looks.filter { $0.value.at + self.age > now } }
            if looks[id] != nil || looks.count < self.limit { looks[id] = (known, observation, now) }
        }
    }

    var count: Int { self.looks.withLock { $0.count } }

    func forget(_ id: IntentID) { self.looks.withLock { _ = $0.removeValue(forKey: id) } }
}
