/// A slice type: which functions it brings and what it promises by default.
package struct SliceEntry: Sendable, Equatable {
    package var type: String
    /// Standardised slice/service type, 3GPP TS 23.501 §5.15.2.2; nil for a type of one's own.
    package var sst: Int?
    package var functions: [String]
    /// Service profile (3GPP TS 28.541 §6.3.3) by attribute of the interpretation, in order.
    package var profile: [(attribute: String, value: Double)]

    package static func == (a: SliceEntry, b: SliceEntry) -> Bool {
        a.type == b.type && a.sst == b.sst && a.functions == b.functions && a.profile.elementsEqual(b.profile, by: ==)
    }

    init(type: String, _ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["sst", "functions", "profile"])
        self.type = type
        self.sst = try reader["sst"]?.integer(in: 0...255)
        self.functions = try reader.required("functions").texts()
        var profile: [(String, Double)] = []
        for member in try reader["profile"]?.members() ?? [] { profile.append((member.key, try member.value.number())) }
        self.profile = profile
    }
}
