import Synchronization

/// Which elements are looked at right now: one look at a time each, however many ask for one. What is put back in a look must not meet another look.
final class ElementLooks: Sendable {
    /// By element: whether somebody asked for another look since the present one began.
    private let asked = Mutex<[String: Bool]>([:])

    /// False where a look is under way: it is followed by another one.
    func begin(_ element: String) -> Bool {
        self.asked.withLock { asked in
            guard asked[element] == nil else {
                asked[element] = true
                return false
            }
            asked[element] = false
            return true
        }
    }

    /// True where there has to be another look, which has begun then.
    func end(_ element: String) -> Bool {
        self.asked.withLock { asked in
            guard asked[element] == true else {
                asked[element] = nil
                return false
            }
            asked[element] = false
            return true
        }
    }
}
