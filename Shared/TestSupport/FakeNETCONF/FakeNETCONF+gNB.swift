extension FakeNETCONF {
    package struct Cell: Sendable {
        var id: String
        var localID: Int
        /// Administrative state; nil shows none.
        var state: String?
        /// Id of its NRSectorCarrier.
        var carrier: String?
        /// Operational state; nil shows none.
        var operational: String?

        package init(id: String, localID: Int, state: String?, carrier: String?, operational: String? = nil) {
            self.operational = operational
            self.id = id
            self.localID = localID
            self.state = state
            self.carrier = carrier
        }
    }

    /// The configuration of a gNB: one DU function with its cells and carriers, one CU-CP function with the same cells, energy saving of the whole
    /// element and of the cells that are named.
    ///
    /// - Parameters:
    ///   - carriers: id → power in mW.
    ///   - energySaving: cell → whether it is on.
    package static func gNB(cells: [Cell], carriers: [String: Int] = [:], energySaving: [String: Bool] = [:]) -> String {
        func object(_ name: String, _ id: String, _ attributes: String, _ inside: String = "") -> String {
            "<\(name) xmlns=\"\(ElementModel.namespaces[name] ?? "")\"><id>\(id)</id><attributes>\(attributes)</attributes>\(inside)</\(name)>"
        }
        func leaf(_ name: String, _ value: String) -> String { "<\(name)>\(value)</\(name)>" }
        func saving(_ isOn: Bool) -> String { object("CESManagementFunction", "1", leaf("cesSwitch", "\(isOn)")) }
        let own = cells.map { cell in
            object(
                "NRCellDU", cell.id,
                leaf("cellLocalId", "\(cell.localID)") + (cell.state.map { leaf("administrativeState", $0) } ?? "")
                    + (cell.operational.map { leaf("operationalState", $0) } ?? "")
                    + (cell.carrier.map { leaf("nRSectorCarrierRef", "ManagedElement=1,GNBDUFunction=1,NRSectorCarrier=\($0)") } ?? ""))
        }
        let sent = carriers.sorted { $0.key < $1.key }.map { object("NRSectorCarrier", $0.key, leaf("configuredMaxTxPower", "\($0.value)")) }
        let controlled = cells.map { cell in
            object("NRCellCU", cell.id, leaf("cellLocalId", "\(cell.localID)"), energySaving[cell.id].map(saving) ?? "")
        }
        return object(
            "ManagedElement", "1", "",
            saving(true) + object("GNBDUFunction", "1", "", own.joined() + sent.joined()) + object("GNBCUCPFunction", "1", "", controlled.joined()))
    }
}
