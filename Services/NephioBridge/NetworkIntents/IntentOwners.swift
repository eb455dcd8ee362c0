import IntentModel
import Kubernetes
import Synchronization

/// Whose events are whose: of each intent, the objects whose status names it.
///
/// A status is what somebody wrote. The object that an intent came of is one of those that name it, in whichever order they are read, so nobody takes
/// its events by naming the intent first; who was found to have nothing to do with it is not told again until his object changes.
final class IntentOwners: Sendable {
    private struct State {
        var objects: [IntentID: Set<ObjectKey>] = [:]
        var ids: [ObjectKey: Set<IntentID>] = [:]

        mutating func part(_ id: IntentID, _ key: ObjectKey) {
            self.objects[id]?.remove(key)
            if self.objects[id]?.isEmpty == true { self.objects[id] = nil }
        }
    }

    private let state = Mutex(State())

    /// Events of these intents are this object's from now on, and those of others no longer.
    func follow(_ ids: [IntentID], _ key: ObjectKey) {
        self.state.withLock { state in
            for id in state.ids[key] ?? [] where !ids.contains(id) { state.part(id, key) }
            for id in ids { state.objects[id, default: []].insert(key) }
            state.ids[key] = Set(ids)
        }
    }

    /// The intent did not come of the object, or is no more.
    func disown(_ id: IntentID, _ key: ObjectKey) {
        self.state.withLock { state in
            state.ids[key]?.remove(id)
            state.part(id, key)
        }
    }

    func forget(_ key: ObjectKey) {
        self.state.withLock { state in
            for id in state.ids.removeValue(forKey: key) ?? [] { state.part(id, key) }
        }
    }

    subscript(id: IntentID) -> Set<ObjectKey> { self.state.withLock { $0.objects[id] ?? [] } }
    var keys: [ObjectKey] { self.state.withLock { Array($0.ids.keys) } }
}
