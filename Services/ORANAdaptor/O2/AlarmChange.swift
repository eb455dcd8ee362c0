import JSONSchema

/// What can be said of an alarm to the O-Cloud (O2 IMS, `AlarmEventRecordModifications`): that somebody knows of it, or that it is over.
enum AlarmChange: Sendable, Equatable {
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// False takes an acknowledgement back.
    case acknowledged(Bool)
    case cleared

    /// `perceivedSeverity` of an alarm that is over.
    private static let severityOfCleared = 5

    /// - Parameter body: `{"alarmAcknowledged": true}` or `{"perceivedSeverity": 5}`, one of them and nothing else.
    init(_ body: JSONValue) throws(Invalid) {
        guard let members = body.object, members.count == 1, let (name, value) = members.first else {
            throw Invalid(description: "alarmAcknowledged or perceivedSeverity is expected, one of them")
        }
        switch (name, value) {
        case ("alarmAcknowledged", .boolean(let isAcknowledged)): self = .acknowledged(isAcknowledged)
        case ("perceivedSeverity", _) where value.integer == Self.severityOfCleared: self = .cleared
        case ("perceivedSeverity", _): throw Invalid(description: "perceivedSeverity can only become \(Self.severityOfCleared), cleared")
        case ("alarmAcknowledged", _): throw Invalid(description: "alarmAcknowledged is true or false")
        default: throw Invalid(description: "'\(name.prefix(80))' of an alarm cannot be changed")
        }
    }

    var document: JSONValue {
        switch self {
        case .acknowledged(let isAcknowledged): ["alarmAcknowledged": .boolean(isAcknowledged)]
        case .cleared: ["perceivedSeverity": .number(Double(Self.severityOfCleared))]
        }
    }
}
