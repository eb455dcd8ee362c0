import IntentModel
import JSONSchema

/// The scope of a policy as far as the expectation and the documented defaults say it. What a policy type needs and nobody said
/// becomes a question; nothing is invented.
struct PolicyScope: Sendable {
    let expectation: Expectation
    let mapping: RANMapping
    /// PLMN of the installation, `MCC-MNC`.
    let standardPLMN: String?

    var slice: SliceID? {
        if let slice = self.expectation.context.slice { return slice }
        guard self.expectation.object.kind == .networkSlice, let type = self.expectation.object.type else { return nil }
        return self.mapping.sliceTypes[type].map { SliceID(sst: $0.sst) }
    }

    /// The scope for a type, and the figures it rests on. `complete: false` leaves out what is missing instead of asking.
    func value(for type: RANMapping.PolicyType, complete: Bool = true) throws(PlanningStop) -> (scope: JSONValue, figures: [Figure]) {
        var members: [String: JSONValue] = [:]
        var figures: [Figure] = []
        for member in RANMapping.ScopeMember.allCases {
            guard let need = type.scope[member] else { continue }
            do {
                switch member {
                case .ueId:
                    if self.expectation.context.ue != nil { members["ueId"] = .string(try self.ue()) }
                case .sliceId:
                    if self.slice != nil || need == .required { members["sliceId"] = try self.sliceId(&figures, complete: complete) }
                case .qosId:
                    if need == .required || self.expectation.target("fiveQI") != nil { members["qosId"] = try self.qosId(&figures) }
                }
            } catch {
                if complete { throw error }
            }
        }
        if complete, type.scope.values.contains(.either), members["ueId"] == nil, members["sliceId"] == nil {
            throw .ask(self.expectation, "context.slice", "For which slice (SST and SD) or UE?")
        }
        // A UE's policy is not also a slice's.
        if members["ueId"] != nil { members["sliceId"] = nil }
        return (.object(members), figures)
    }

    private func ue() throws(PlanningStop) -> String {
        guard let ue = self.expectation.context.ue, ue.utf8.count == 16, ue.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw .ask(self.expectation, "context.ue", "A1 names a UE by 16 hexadecimal digits. Which UE?")
        }
        return ue
    }

    private func sliceId(_ figures: inout [Figure], complete: Bool) throws(PlanningStop) -> JSONValue {
        guard let slice = self.slice else { throw .ask(self.expectation, "context.slice", "Which slice? Say its SST, and its SD when it has one.") }
        var members: [String: JSONValue] = ["sst": .number(Double(slice.sst))]
        if let sd = slice.sd { members["sd"] = .string(sd.lowercased()) }
        do {
            members["plmnId"] = try self.plmn(&figures)
        } catch {
            if complete { throw error }
        }
        return .object(members)
    }

    private func qosId(_ figures: inout [Figure]) throws(PlanningStop) -> JSONValue {
        if let target = self.expectation.target("fiveQI") {
            guard let value = target.value.number.flatMap({ Int(exactly: $0) }), (1...255).contains(value) else {
                throw .ask(self.expectation, "targets.fiveQI", "A 5QI is a whole number of 1 to 255. Which one?")
            }
            return ["5qI": .number(Double(value))]
        }
        guard let sst = self.slice?.sst, let type = self.mapping.sliceType(sst: sst) else {
            throw .ask(self.expectation, "targets.fiveQI", "For the flows of which 5QI (1 to 255)?")
        }
        figures.append(
            Figure(name: "5qI", value: String(type.fiveQI), source: .default, reason: "the usual 5QI of slices with SST \(sst); the text names none"))
        return ["5qI": .number(Double(type.fiveQI))]
    }

    /// `{mcc, mnc}`; the installation's PLMN when none is said.
    func plmn(_ figures: inout [Figure]) throws(PlanningStop) -> JSONValue {
        let said = self.expectation.context.plmn
        guard let text = said ?? self.standardPLMN else {
            throw .ask(self.expectation, "context.plmn", "In which PLMN (MCC-MNC, e.g. 310-410)? The policy's scope needs it.")
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0].count == 3, (2...3).contains(parts[1].count), parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else {
            throw .ask(self.expectation, "context.plmn", "'\(text)' is not a PLMN. Which one (MCC-MNC, e.g. 310-410)?")
        }
        if said == nil, !figures.contains(where: { $0.name == "plmnId" }) {
            figures.append(Figure(name: "plmnId", value: text, source: .default, reason: "the installation's PLMN; the text names none"))
        }
        return ["mcc": .string(parts[0]), "mnc": .string(parts[1])]
    }
}
