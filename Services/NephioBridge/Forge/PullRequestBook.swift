import Synchronization

/// Numbers of the pull requests that are waited for, so that a look asks for one and not for a list. Whoever does not know one looks for it.
final class PullRequestBook: Sendable {
    static let maxEntries = 10_000
    private let numbers = Mutex<[String: Int]>([:])

    subscript(branch: String) -> Int? {
        get { self.numbers.withLock { $0[branch] } }
        set {
            self.numbers.withLock { numbers in
                if newValue != nil, numbers[branch] == nil, numbers.count >= Self.maxEntries, let any = numbers.keys.first { numbers[any] = nil }
                numbers[branch] = newValue
            }
        }
    }
}
