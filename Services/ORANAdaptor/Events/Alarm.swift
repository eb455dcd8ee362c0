/// Severities of VES, from none to the worst.
package enum AlarmSeverity: String, Sendable, Codable, CaseIterable, Comparable {
    /// The alarm is cleared.
    case normal = "NORMAL"
    case warning = "WARNING"
    case minor = "MINOR"
    case major = "MAJOR"
    case critical = "CRITICAL"

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (left: AlarmSeverity, right: AlarmSeverity) -> Bool { left.rank < right.rank }
}

/// What an element last said of one trouble.
package struct Alarm: Sendable, Equatable, Codable {
    package var condition: String
    package var specificProblem: String
    package var severity: AlarmSeverity
    package var sourceType: String
    package var interface: String?
    package var eventId: String
    /// RFC 3339, of the first event since it was clear, and of the last one.
    package var raisedAt: String
    package var changedAt: String

    /// The same trouble has the same key, whatever its severity.
    static func key(_ fault: CommonEvent.Fault) -> String {
        if let identity = fault.identity { return "\u{1f}" + String(identity.prefix(400)) }
        return [fault.condition, fault.problem, fault.sourceType, fault.interface ?? ""].map { String($0.prefix(200)) }.joined(separator: "\u{1f}")
    }
}
