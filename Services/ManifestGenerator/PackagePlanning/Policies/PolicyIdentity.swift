import JSONSchema

/// Names of our policies: `nephoran.<type name>.<scope…>`, e.g. `nephoran.slice-sla.sst-2.sd-000001.plmn-310-410`. The same object and
/// scope give the same name, so that asking twice is one policy; the parts can be read back, so that a removal finds it.
struct PolicyIdentity: Sendable, Equatable {
    static let prefix = "nephoran"

    /// Name of the policy type in `ran-mapping.yaml`.
    let type: String
    /// `sst-2`, `sd-000001`, `plmn-310-410`, `5qi-82`, `ue-…`.
    let parts: [String]

    /// From a scope as A1TD has it.
    init(type: String, scope: JSONValue) {
        var parts: [String] = []
        if let ue = scope["ueId"]?.string { parts.append("ue-\(ue.lowercased())") }
        if let slice = scope["sliceId"] {
            parts += PolicyIdentity.slice(sst: slice["sst"]?.integer, sd: slice["sd"]?.string)
            if let plmn = slice["plmnId"], let mcc = plmn["mcc"]?.string, let mnc = plmn["mnc"]?.string { parts.append("plmn-\(mcc)-\(mnc)") }
        }
        if let fiveQI = scope["qosId"]?["5qI"]?.integer { parts.append("5qi-\(fiveQI)") }
        self.type = type
        self.parts = parts
    }

    /// Nil for a policy that is not ours.
    init?(_ policyId: String) {
        let words = policyId.split(separator: ".").map(String.init)
        guard words.count >= 3, words[0] == PolicyIdentity.prefix else { return nil }
        self.type = words[1]
        self.parts = Array(words[2...])
    }

    var policyId: String { ([PolicyIdentity.prefix, self.type] + self.parts).joined(separator: ".") }

    static func slice(sst: Int?, sd: String?) -> [String] { [sst.map { "sst-\($0)" }, sd.map { "sd-\($0.lowercased())" }].compactMap { $0 } }

    /// Whether it is about this slice, and about no differentiator when none is given.
    func concerns(sst: Int, sd: String?) -> Bool {
        self.parts.contains("sst-\(sst)") && (sd.map { self.parts.contains("sd-\($0.lowercased())") } ?? !self.parts.contains { $0.hasPrefix("sd-") })
    }
}
