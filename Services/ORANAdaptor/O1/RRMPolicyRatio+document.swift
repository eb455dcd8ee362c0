package import JSONSchema

/// Its attributes by their names in the model, as plans have them.
extension RRMPolicyRatio {
    /// - Throws: ``Invalid`` for what is no such object.
    package init(id: String, document: String) throws(Invalid) {
        let value: JSONValue
        do { value = try JSONValue(parsing: document) } catch { throw Invalid(description: "no JSON: \(error)") }
        let known: Set<String> = ["resourceType", "rRMPolicyMemberList", "rRMPolicyMaxRatio", "rRMPolicyMinRatio", "rRMPolicyDedicatedRatio"]
        if let stray = value.object?.keys.sorted().first(where: { !known.contains($0) }) { throw Invalid(description: "\(stray) is no attribute of it") }
        func ratio(_ name: String) throws(Invalid) -> Int? {
            guard let member = value[name] else { return nil }
            guard let ratio = member.integer else { throw Invalid(description: "\(name) is a whole number") }
            return ratio
        }
        var members: [Member] = []
        for member in value["rRMPolicyMemberList"]?.array ?? [] {
            guard let mcc = member["mcc"]?.string, let mnc = member["mnc"]?.string, let sst = member["sst"]?.integer else {
                throw Invalid(description: "a member has mcc, mnc and sst")
            }
            members.append(Member(mcc: mcc, mnc: mnc, sst: sst, sd: member["sd"]?.string))
        }
        self.init(
            id: id, resourceType: value["resourceType"]?.string ?? "", members: members, minRatio: try ratio("rRMPolicyMinRatio"),
            maxRatio: try ratio("rRMPolicyMaxRatio"), dedicatedRatio: try ratio("rRMPolicyDedicatedRatio"))
        try self.validate()
    }

    package var document: JSONValue {
        var attributes: [String: JSONValue] = ["resourceType": .string(self.resourceType)]
        attributes["rRMPolicyMemberList"] = .array(
            self.members.map { ["mcc": .string($0.mcc), "mnc": .string($0.mnc), "sst": .number(Double($0.sst)), "sd": .string($0.sd ?? "FFFFFF")] })
        for (name, percent) in self.ratios { attributes[name] = .number(Double(percent)) }
        return .object(attributes)
    }

    /// The same for two objects that are the same to the element: the members in one order, the model's own value for what is not said.
    var comparable: [String: JSONValue] {
        var attributes = self.document.object ?? [:]
        for (name, standard) in Self.standardRatios where attributes[name] == nil { attributes[name] = .number(Double(standard)) }
        var members: [String: Member] = [:]
        for member in self.members { members[member.key] = member }
        attributes["rRMPolicyMemberList"] = .array(
            members.sorted { $0.key < $1.key }.map { _, member in
                let sd = (member.sd ?? "FFFFFF").uppercased()
                return ["mcc": .string(member.mcc), "mnc": .string(member.mnc), "sst": .number(Double(member.sst)), "sd": .string(sd)]
            })
        return attributes
    }
}
