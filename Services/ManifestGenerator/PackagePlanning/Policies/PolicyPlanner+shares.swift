import IntentModel
import JSONSchema

/// Shares of radio resources: the class RRMPolicyRatio of TS 28.541 §4.3.36 at one managed element.
extension PolicyPlanner {
    static let shareClass = "RRMPolicyRatio"
    /// What the model has for none.
    private static let noSD = "FFFFFF"

    /// The change of the one object that holds the shares of a slice in a cell. What it has besides stays.
    func shares(_ expectation: Expectation, _ managed: [(row: RANMapping.ManagedRow, target: Target)]) async throws -> PolicyPlanningResult {
        let element = try await self.element(of: expectation)
        let object = try self.object(expectation)
        let held = try await self.directory.objects(of: element, class: Self.shareClass)
        let previous = held[object.policyId]
        var members: [String: JSONValue] = previous.flatMap { try? JSONValue(parsing: $0).object } ?? [:]
        let place = [Figure(name: "element", value: element, source: .text, reason: "the element that the text names")]
        func change(_ change: PolicyChange.Change, _ document: String, _ figures: [Figure]) -> PolicyChange {
            PolicyChange(
                policyId: object.policyId, policyType: Self.shareClass, ric: element, change: change, document: document, expectations: [expectation.id],
                figures: place + figures, previous: previous ?? "", interface: .o1)
        }
        if expectation.verb == .remove {
            guard previous != nil else { return .policies([change(.none, "", object.figures)], notes: ["\(element) has no share of ours for it."]) }
            for (row, _) in managed { members[row.field] = nil }
            let isLast = !members.keys.contains { $0.hasPrefix("rRMPolicy") && $0.hasSuffix("Ratio") }
            return .policies([change(isLast ? .delete : .put, isLast ? "" : JSONValue.object(members).text, object.figures)], notes: [])
        }
        if previous == nil, let other = Self.foreign(object.members, in: held) {
            throw PlanningStop.refuse(
                Problem(
                    status: 409, code: "o1_conflict", title: "Somebody else's object is in charge",
                    detail: "\(element) has the RRMPolicyRatio \(other) for the same slice, which is not ours: remove it, or leave it in charge."))
        }
        members["resourceType"] = "PRB"
        members["rRMPolicyMemberList"] = object.members
        var said: [Figure] = []
        for (row, target) in managed {
            let value = try self.value(of: target, row, current: members[row.field]?.number, expectation)
            members[row.field] = .number(value)
            let reason = "\(target.attribute) \(target.condition.rawValue) \(target.value) %" + (target.evidence.map { " ('\($0)')" } ?? "")
            said.append(Figure(name: row.field, value: "\(JSONValue.number(value).text) %", source: .text, reason: reason, step: target.step))
        }
        if let least = members["rRMPolicyMinRatio"]?.number, let most = members["rRMPolicyMaxRatio"]?.number, least > most {
            throw PlanningStop.ask(
                expectation, "targets.prbShare",
                "The least share would be \(JSONValue.number(least).text) %, more than the most with \(JSONValue.number(most).text) %. Which value?")
        }
        let document = JSONValue.object(members)
        let isThere = previous.flatMap { try? JSONValue(parsing: $0) } == document
        return .policies(
            [change(isThere ? .none : .put, document.text, object.figures + said)], notes: isThere ? ["\(element) has this share already."] : [])
    }

    // MARK: Parts

    /// The object's identifier, its members and where they come from. The model has the object beside the cells, so that its name says the cell.
    private func object(_ expectation: Expectation) throws(PlanningStop) -> (policyId: String, members: JSONValue, figures: [Figure]) {
        let scope = PolicyScope(expectation: expectation, mapping: self.mapping, standardPLMN: self.plmn)
        guard let slice = scope.slice else { throw .ask(expectation, "context.slice", "Whose share? Say the slice's SST, and its SD when it has one.") }
        guard let cell = expectation.context.cell else { throw .ask(expectation, "context.cell", "In which cell?") }
        let name = cell.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard (1...64).contains(name.count), name.count == cell.count else {
            throw .ask(expectation, "context.cell", "'\(cell.prefix(64))' is no name of a cell: letters, digits and '-'. Which cell?")
        }
        var figures: [Figure] = []
        let plmn = try scope.plmn(&figures)
        var member = plmn.object ?? [:]
        member["sst"] = .number(Double(slice.sst))
        member["sd"] = .string(slice.sd?.uppercased() ?? Self.noSD)
        figures.append(Figure(name: "cell", value: cell, source: .text, reason: "the text says so"))
        figures.append(Figure(name: "sst", value: String(slice.sst), source: .text, reason: "the slice that the text names"))
        let digits = name.hasPrefix("cell-") ? String(name.dropFirst(5)) : name
        var parts = ["cell-\(digits)"] + PolicyIdentity.slice(sst: slice.sst, sd: slice.sd)
        if let mcc = plmn["mcc"]?.string, let mnc = plmn["mnc"]?.string { parts.append("plmn-\(mcc)-\(mnc)") }
        return (([PolicyIdentity.prefix, "rrm"] + parts).joined(separator: "."), [.object(member)], figures)
    }

    private func value(of target: Target, _ row: RANMapping.ManagedRow, current: Double?, _ expectation: Expectation) throws(PlanningStop) -> Double {
        func ask(_ question: String) -> PlanningStop { .ask(expectation, "targets.\(target.attribute)", question) }
        guard var value = target.value.number else { throw ask("Which share in percent?") }
        switch target.condition {
        case .increaseBy, .decreaseBy, .multiplyBy:
            guard let current else { throw ask("No present share is known to change. Which one should it be, in percent?") }
            value = target.condition == .increaseBy ? current + value : target.condition == .decreaseBy ? current - value : current * value
        // Shares are whole: strictly more is one more.
        case .greaterThan: value = value.rounded(.down) + 1
        case .lessThan: value = value.rounded(.up) - 1
        default: break
        }
        guard value == value.rounded(), (row.range ?? 0...100).contains(value) else { throw ask("A share is a whole number of 0 to 100 percent. Which one?") }
        return value
    }

    /// Somebody else's object for one of these members. One without an SD is for the same as one that says the model's word for none.
    private static func foreign(_ members: JSONValue, in held: [String: String]) -> String? {
        func keys(_ members: JSONValue?) -> Set<String> {
            Set(
                (members?.array ?? []).map {
                    "\($0["mcc"]?.string ?? "")-\($0["mnc"]?.string ?? "")-\($0["sst"]?.integer ?? -1)-\($0["sd"]?.string?.uppercased() ?? Self.noSD)"
                })
        }
        let ours = keys(members)
        return held.sorted { $0.key < $1.key }.first { id, text in
            !id.hasPrefix("\(PolicyIdentity.prefix).") && !keys((try? JSONValue(parsing: text))?["rRMPolicyMemberList"]).isDisjoint(with: ours)
        }?.key
    }
}
