import Foundation
import Testing

/// `make endurance`: the same tests, for longer than a change may wait.
enum Endurance {
    static let isOn = ProcessInfo.processInfo.environment["NEPHORAN_ENDURANCE"] != nil

    /// Of one test.
    static var timeLimit: TimeLimitTrait.Duration { self.isOn ? .minutes(60) : .minutes(6) }

    /// A number from the environment.
    static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    static func value<Value>(_ ordinary: Value, whenOn long: Value) -> Value { self.isOn ? long : ordinary }
}
