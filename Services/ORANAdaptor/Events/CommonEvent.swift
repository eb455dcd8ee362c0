package import JSONSchema

/// An event of the VES Event Listener 7.2, as far as it is heeded here.
package struct CommonEvent: Sendable, Equatable {
    package struct Fault: Sendable, Equatable {
        package let condition: String
        package let problem: String
        package let severity: AlarmSeverity
        package let sourceType: String
        /// Card, port or channel.
        package let interface: String?
        /// By which the element knows the alarm again, where it has such a name for it.
        package var identity: String?
    }

    package let domain: String
    package let id: String
    /// Who has the trouble, and who tells of it.
    package let source: String
    package let reporter: String
    /// Microseconds since 1970, and the order of events of the same one.
    package let at: Int
    package let sequence: Int
    package var fault: Fault?
    /// Seconds.
    package var heartbeatInterval: Int?

    package struct Invalid: Error, Equatable, CustomStringConvertible {
        /// Where, and what is expected there.
        package let description: String
    }

    /// - Throws: ``Invalid`` for what is no event of the format.
    package init(_ value: JSONValue, _ format: CommonEventFormat) throws(Invalid) {
        let violations = format.schema.violations(in: value, limit: 4)
        guard violations.isEmpty, let header = value["commonEventHeader"], let domain = header["domain"]?.string, let id = header["eventId"]?.string,
            let source = header["sourceName"]?.string, let reporter = header["reportingEntityName"]?.string, let sequence = header["sequence"]?.integer,
            let at = header["lastEpochMicrosec"]?.number.flatMap({ Int(exactly: $0.rounded()) })
        else { throw Invalid(description: violations.isEmpty ? "the header is not readable" : violations.map(\.description).joined(separator: "; ")) }
        // The fields of its own domain and of no other.
        for name in value.object?.keys.sorted() ?? [] where name != "commonEventHeader" && name != "\(domain)Fields" {
            throw Invalid(description: "'/\(name)' is not of the domain \(domain)")
        }
        guard domain != "fault" || value["faultFields"] != nil else {
            throw Invalid(description: "'/faultFields' is missing")
        }
        self.domain = domain
        self.id = id
        self.source = source
        self.reporter = reporter
        self.at = at
        self.sequence = sequence
        if let fields = value["faultFields"], let severity = fields["eventSeverity"]?.string.flatMap(AlarmSeverity.init(rawValue:)) {
            self.fault = Fault(
                condition: fields["alarmCondition"]?.string ?? "", problem: fields["specificProblem"]?.string ?? "", severity: severity,
                sourceType: fields["eventSourceType"]?.string ?? "", interface: fields["alarmInterfaceA"]?.string)
        }
        if domain == "stndDefined" { self.fault = try StandardAlarm.fault(in: value) }
        self.heartbeatInterval = value["heartbeatFields"]?["heartbeatInterval"]?.integer
    }
}
