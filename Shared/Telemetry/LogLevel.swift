package import Logging
import Synchronization

/// The level of all loggers of the process that have not been given one of their own. Changeable at run time.
package final class LogLevel: Sendable {
    package static let shared = LogLevel(.info)

    private let index: Atomic<Int>

    package init(_ level: Logger.Level) { self.index = Atomic(Self.position(level)) }

    package var value: Logger.Level {
        get { Logger.Level.allCases[self.index.load(ordering: .relaxed)] }
        set { self.index.store(Self.position(newValue), ordering: .relaxed) }
    }

    private static func position(_ level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 2 }
}
