import JSONSchema

/// Alarms in the form of 3GPP's fault supervision (TS 28.532 §11.2.1.1) that come as events of the domain `stndDefined` in the namespace
/// `3GPP-FaultSupervision`: what is raised, changed and cleared. Pure.
enum StandardAlarm {
    private static let namespace = "3GPP-FaultSupervision"
    /// Whether it is said there which severity the alarm has now.
    private static let kinds = [
        "notifyNewAlarm": true, "notifyNewSecAlarm": true, "notifyChangedAlarm": true, "notifyChangedAlarmGeneral": true, "notifyClearedAlarm": false,
    ]
    private static let severities: [String: AlarmSeverity] = [
        // That it cannot be said how bad it is does not make it bad.
        "INDETERMINATE": .warning, "WARNING": .warning, "MINOR": .minor, "MAJOR": .major, "CRITICAL": .critical, "CLEARED": .normal,
    ]

    /// Nil for an event of another standard, and for a notification that leaves all alarms as they are.
    ///
    /// - Throws: for one that lacks what says which alarm it is of, and how bad that is.
    static func fault(in event: JSONValue) throws(CommonEvent.Invalid) -> CommonEvent.Fault? {
        guard let data = event["stndDefinedFields"]?["data"] else { throw .init(description: "'/stndDefinedFields' is missing") }
        guard event["commonEventHeader"]?["stndDefinedNamespace"]?.string == self.namespace else { return nil }
        func text(_ name: String) -> String? { data[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        func missing(_ name: String) -> CommonEvent.Invalid {
            .init(description: "'/stndDefinedFields/data/\(name)' is not as a notification of alarms has it")
        }
        guard let kind = text("notificationType") else { throw missing("notificationType") }
        guard let saysSeverity = self.kinds[kind] else { return nil }
        guard let alarm = data["alarmId"].flatMap({ $0.string ?? $0.integer.map(String.init) }), !alarm.isEmpty else { throw missing("alarmId") }
        var severity = AlarmSeverity.normal
        if let said = data["perceivedSeverity"] {
            guard let known = said.string.flatMap({ self.severities[$0] }) else { throw missing("perceivedSeverity") }
            severity = known
        } else if saysSeverity {
            throw missing("perceivedSeverity")
        }
        // The object is named by `href` since release 16, by `uri` and `objectInstance` before.
        let object = text("href") ?? text("uri") ?? text("objectInstance")
        return CommonEvent.Fault(
            condition: data["probableCause"].flatMap { $0.string ?? $0.integer.map(String.init) } ?? "",
            problem: data["specificProblem"].flatMap { $0.string ?? $0.integer.map(String.init) } ?? text("additionalText") ?? "",
            severity: saysSeverity ? severity : .normal, sourceType: text("alarmType") ?? "", interface: object, identity: alarm)
    }
}
