/// The class RRMPolicyRatio of TS 28.541 §4.3.36, as `_3gpp-nr-nrm-rrmpolicy` has it: which share of a radio resource slices get.
package struct RRMPolicyRatio: Sendable, Equatable, Codable {
    package struct Member: Sendable, Equatable, Codable {
        package var mcc: String
        package var mnc: String
        package var sst: Int
        /// Six hexadecimal digits; `FFFFFF` for none.
        package var sd: String?
    }

    package struct Invalid: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    static let className = "RRMPolicyRatio"
    static let namespace = "urn:3gpp:sa5:_3gpp-nr-nrm-rrmpolicy"
    /// The model's own values for what is not said, which a device may show.
    static let standardRatios = ["rRMPolicyMaxRatio": 100, "rRMPolicyMinRatio": 0, "rRMPolicyDedicatedRatio": 0]
    static let resourceTypes = ["PRB", "PRB_UL", "PRB_DL", "RRC", "DRB"]

    package var id: String
    package var resourceType: String
    package var members: [Member]
    /// Percent, 0…100; nil leaves what is there.
    package var minRatio: Int?
    package var maxRatio: Int?
    package var dedicatedRatio: Int?

    package func validate() throws(Invalid) {
        guard (1...255).contains(self.id.utf8.count), self.id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw Invalid(description: "id is a text of 1 to 255 visible characters")
        }
        guard Self.resourceTypes.contains(self.resourceType) else {
            throw Invalid(description: "resourceType is one of \(Self.resourceTypes.joined(separator: ", "))")
        }
        guard (1...256).contains(self.members.count) else { throw Invalid(description: "members are 1 to 256") }
        for member in self.members {
            guard member.mcc.utf8.count == 3, (2...3).contains(member.mnc.utf8.count), (member.mcc + member.mnc).utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { throw Invalid(description: "mcc has three digits, mnc two or three") }
            guard (0...255).contains(member.sst) else { throw Invalid(description: "sst is 0…255") }
            guard member.sd.map({ $0.utf8.count == 6 && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }) ?? true else {
                throw Invalid(description: "sd has six hexadecimal digits")
            }
        }
        guard self.minRatio != nil || self.maxRatio != nil || self.dedicatedRatio != nil else {
            throw Invalid(description: "minRatio, maxRatio or dedicatedRatio is expected")
        }
        for ratio in [self.minRatio, self.maxRatio, self.dedicatedRatio].compactMap({ $0 }) where !(0...100).contains(ratio) {
            throw Invalid(description: "a ratio is 0…100 percent")
        }
        // TS 28.541 §4.3.36.1: the dedicated share is a part of the least, that of the most.
        if let least = self.minRatio, let most = self.maxRatio, least > most { throw Invalid(description: "minRatio is above maxRatio") }
        if let dedicated = self.dedicatedRatio, let least = self.minRatio, dedicated > least { throw Invalid(description: "dedicatedRatio is above minRatio") }
    }
}

extension RRMPolicyRatio {
    /// What selects it in a filter.
    static func filter(_ id: String? = nil) -> XMLElement {
        XMLElement("RRMPolicyRatio", namespace: self.namespace, children: id.map { [self.leaf("id", $0)] } ?? [])
    }

    /// What makes it of what is there, merged: nothing but what differs is taken away.
    ///
    /// - Parameter exactly: also ratios that are not said go; otherwise they may be anything.
    func edit(of there: RRMPolicyRatio?, exactly: Bool = false) -> XMLElement {
        var xml = self.xml
        guard let there, let at = xml.children.firstIndex(where: { $0.name == "attributes" }) else { return xml }
        let wanted = Set(self.members.map(\.key))
        var gone = there.members.filter { !wanted.contains($0.key) }.map(\.xml)
        if exactly { gone += there.ratios.filter { name, _ in !self.ratios.contains { $0.name == name } }.map { Self.leaf($0.name, "\($0.percent)") } }
        for index in gone.indices {
            gone[index].attributes["nc:operation"] = "remove"
            gone[index].attributes["xmlns:nc"] = NETCONFSession.namespace
        }
        xml.children[at].children += gone
        return xml
    }

    private var xml: XMLElement {
        var attributes = [Self.leaf("resourceType", self.resourceType)]
        attributes += self.members.map(\.xml)
        attributes += self.ratios.map { Self.leaf($0.name, "\($0.percent)") }
        return XMLElement(
            "RRMPolicyRatio", namespace: Self.namespace,
            children: [Self.leaf("id", self.id), XMLElement("attributes", namespace: Self.namespace, children: attributes)])
    }

    init?(_ element: XMLElement) {
        guard element.name == "RRMPolicyRatio", element.namespace == Self.namespace, let id = element.child("id")?.text,
            let attributes = element.child("attributes")
        else { return nil }
        func ratio(_ name: String) -> Int? { attributes.child(name).flatMap { Int($0.text) } }
        self.id = id
        self.resourceType = attributes.child("resourceType")?.text ?? ""
        self.members = attributes.children("rRMPolicyMemberList").compactMap { member in
            guard let mcc = member.child("mcc")?.text, let mnc = member.child("mnc")?.text, let sst = member.child("sst").flatMap({ Int($0.text) }) else {
                return nil
            }
            return Member(mcc: mcc, mnc: mnc, sst: sst, sd: member.child("sd")?.text)
        }
        self.minRatio = ratio("rRMPolicyMinRatio")
        self.maxRatio = ratio("rRMPolicyMaxRatio")
        self.dedicatedRatio = ratio("rRMPolicyDedicatedRatio")
    }

    /// Whether what is there is what was wanted; a ratio that was not said may be anything, unless it is to be so exactly.
    func isMet(by other: RRMPolicyRatio, exactly: Bool = false) -> Bool {
        let isSame = self.resourceType == other.resourceType && Set(self.members.map(\.key)) == Set(other.members.map(\.key))
        return isSame
            && Self.standardRatios.allSatisfy { name, standard in
                let (wanted, there) = (self.ratios.first { $0.name == name }?.percent, other.ratios.first { $0.name == name }?.percent)
                return wanted == there || wanted == nil && (!exactly || there == standard) || there == nil && wanted == standard
            }
    }

    /// Those that are said, by their names in the model.
    var ratios: [(name: String, percent: Int)] {
        [("rRMPolicyMaxRatio", self.maxRatio), ("rRMPolicyMinRatio", self.minRatio), ("rRMPolicyDedicatedRatio", self.dedicatedRatio)].compactMap {
            name, ratio in ratio.map { (name, $0) }
        }
    }

    fileprivate static func leaf(_ name: String, _ text: String) -> XMLElement { XMLElement(name, namespace: self.namespace, text: text) }
}

extension RRMPolicyRatio.Member {
    /// The keys of the list, as one text.
    var key: String { "\(self.mcc)-\(self.mnc)-\(self.sst)-\((self.sd ?? "FFFFFF").uppercased())" }

    var xml: XMLElement {
        XMLElement(
            "rRMPolicyMemberList", namespace: RRMPolicyRatio.namespace,
            children: [("mcc", self.mcc), ("mnc", self.mnc), ("sd", self.sd ?? "FFFFFF"), ("sst", "\(self.sst)")].map { RRMPolicyRatio.leaf($0, $1) })
    }
}
