import IntentModel

/// What `{{…}}` stands for in an instance's configuration.
struct TemplateValues {
    let identity: PackageIdentity
    let context: Context
    var parameters = Parameters()
    /// Nil where nothing of it is named.
    let database: StoreAddress?

    /// The part of an intent that a place follows once the function runs: a field of the context, or an attribute.
    static let fields: [String: String] = [
        "sst": "slice", "sd": "slice", "mcc": "plmn", "mnc": "plmn", "mncLength": "plmn", "dnn": "dnn", "tac": "tac", "tacHex": "tac", "cell": "cell",
        "gnb": "gnb",
        "physicalCellId": "physicalCellId",
    ]

    /// The PLMN 208-93 and S-NSSAI 1-010203 are the open-source cores' test network.
    func callAsFunction(_ name: String) -> String {
        switch name {
        case "instance": self.identity.instance
        case "namespace": self.identity.namespace
        case "cluster": self.identity.cluster
        case "core": self.identity.core
        case "database": self.database?.hosts ?? ""
        case "databaseOptions": self.database?.options ?? ""
        // The SMF of a slice or core has the UPF of the same.
        case "upf": self.identity.instance.hasSuffix("-smf") ? "\(self.identity.instance.dropLast(4))-upf" : "\(self.identity.core)upf"
        case "sst": String(self.context.slice?.sst ?? 1)
        // A slice without one: the value that says so (3GPP TS 23.003 §28.4.2).
        case "sd": self.context.slice.map { $0.sd ?? "ffffff" } ?? "010203"
        case "mcc": self.context.plmn.map { String($0.prefix { $0 != "-" }) } ?? "208"
        case "mnc": self.mnc
        case "mncLength": String(self.mnc.count)
        case "dnn": self.context.dnn ?? "internet"
        case "tac": self.tac?.decimal ?? "1"
        case "tacHex": self.tac?.hexadecimal ?? "000001"
        case "pool": self.pool
        // NR Cell Identity, 36 bits, and gNB ID, 22 to 32 of them (3GPP TS 38.413 §9.3.1.7, §9.3.1.6).
        case "cell": Self.number(self.context.cell, below: 1 << 36) ?? "12345678"
        case "gnb": Self.number(self.context.gnb, below: 1 << 32) ?? "3584"
        case "physicalCellId": self.parameters.value("objectives", "physicalCellId")?["value"]?.string ?? "0"
        default: ""
        }
    }

    private var tac: TrackingAreaCode? { self.context.tac.flatMap { TrackingAreaCode($0) } }

    /// The first two octets of the addresses of its UEs. The SMF and UPF of a core, slice and data network have the same, and those of
    /// others mostly another: one of 190, by their names.
    private var pool: String {
        let slice = self.context.slice.map { "\($0.sst)-\($0.sd?.lowercased() ?? "")" } ?? ""
        let dnn = self.context.dnn.map { $0 == "internet" ? "" : $0.lowercased() } ?? ""
        guard !slice.isEmpty || !dnn.isEmpty || !self.identity.core.isEmpty else { return "10.60" }
        // FNV-1a.
        var hash: UInt32 = 2_166_136_261
        for byte in "\(self.identity.core)|\(slice)|\(dnn)".utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return "10.\(61 + hash % 190)"
    }

    private var mnc: String { self.context.plmn.map { String($0.drop { $0 != "-" }.dropFirst()) } ?? "93" }

    /// Of a name that is a number, which is all that a configuration takes.
    private static func number(_ text: String?, below limit: Int) -> String? {
        guard let text, let value = Int(text), (0..<limit).contains(value) else { return nil }
        return String(value)
    }
}

extension Context {
    /// What a package keeps of the network context.
    init(_ parameters: Parameters) {
        self.init()
        func text(_ name: String) -> String? { parameters.value("context", name)?.string }
        self.slice = SliceID(parameters)
        self.plmn = text("plmn")
        self.dnn = text("dnn")
        self.tac = text("tac")
        self.cell = text("cell")
        self.gnb = text("gnb")
    }
}
