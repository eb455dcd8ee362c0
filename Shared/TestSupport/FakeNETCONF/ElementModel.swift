/// What a fake element knows of the 3GPP NRM, strictly: which namespace an element of its configuration is in, and what a leaf may be (TS 28.541 and
/// its YANG modules, revisions of 2021).
enum ElementModel {
    enum Leaf {
        case text, integer(ClosedRange<Int>), boolean, enumeration(Set<String>)

        func allows(_ value: String) -> Bool {
            switch self {
            case .text: !value.isEmpty
            case .integer(let range): Int(value).map { range.contains($0) } ?? false
            case .boolean: value == "true" || value == "false"
            case .enumeration(let values): values.contains(value)
            }
        }
    }

    static let rrmPolicy = "urn:3gpp:sa5:_3gpp-nr-nrm-rrmpolicy"

    /// Of lists of managed objects.
    static let namespaces = [
        "RRMPolicyRatio": rrmPolicy,
        "ManagedElement": "urn:3gpp:sa5:_3gpp-common-managed-element",
        "GNBDUFunction": "urn:3gpp:sa5:_3gpp-nr-nrm-gnbdufunction",
        "NRCellDU": "urn:3gpp:sa5:_3gpp-nr-nrm-nrcelldu",
        "NRSectorCarrier": "urn:3gpp:sa5:_3gpp-nr-nrm-nrnetwork-nrsectorcarrier",
        "GNBCUCPFunction": "urn:3gpp:sa5:_3gpp-nr-nrm-gnbcucpfunction",
        "NRCellCU": "urn:3gpp:sa5:_3gpp-nr-nrm-nrcellcu",
        "CESManagementFunction": "urn:3gpp:sa5:_3gpp-nr-nrm-cesmanagementfunction",
    ]

    /// At the top of the model.
    static let tops: Set<String> = ["RRMPolicyRatio", "ManagedElement"]

    /// Leaves that are no configuration; none of them can be edited.
    static let state: Set<String> = ["operationalState", "cellState"]

    /// Containers and lists within an object.
    static let inner: Set<String> = ["attributes", "rRMPolicyMemberList"]

    static let leaves: [String: Leaf] = [
        "id": .text, "resourceType": .enumeration(["PRB", "PRB_UL", "PRB_DL", "RRC", "DRB"]), "mcc": .text, "mnc": .text, "sd": .text,
        "sst": .integer(0...255), "rRMPolicyMaxRatio": .integer(0...100), "rRMPolicyMinRatio": .integer(0...100),
        "rRMPolicyDedicatedRatio": .integer(0...100), "administrativeState": .enumeration(["LOCKED", "UNLOCKED", "SHUTTINGDOWN"]),
        "energySavingControl": .enumeration(["toBeEnergySaving", "toBeNotEnergySaving"]),
        "cellLocalId": .integer(0...16_383), "nRPCI": .integer(0...1_007), "arfcnDL": .integer(0...3_279_165), "arfcnUL": .integer(0...3_279_165),
        "bSChannelBwDL": .integer(1...2_000), "nRSectorCarrierRef": .text, "configuredMaxTxPower": .integer(0...Int(Int32.max)), "cesSwitch": .boolean,
    ]

    /// What tells an entry of a list from another.
    static func key(of node: XMLTree) -> String {
        switch node.name {
        case "rRMPolicyMemberList": "member " + ["mcc", "mnc", "sd", "sst"].map { node.child($0)?.text ?? "" }.joined(separator: "-")
        case "nRSectorCarrierRef": "\(node.name) \(node.text)"
        default: self.namespaces[node.name] == nil ? node.name : "\(node.name) \(node.child("id")?.text ?? "")"
        }
    }
}
