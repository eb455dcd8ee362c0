import Foundation
import IntentModel

extension RANMapping {
    /// The table that is part of the program.
    package static func bundled() throws(CatalogueError) -> RANMapping { try self.load(path: "\(Bundle.module.bundlePath)/Catalogue/ran-mapping.yaml") }

    package static func load(path: String) throws(CatalogueError) -> RANMapping {
        guard let data = FileManager.default.contents(atPath: path) else { throw CatalogueError(place: path, problem: "cannot be read") }
        return try RANMapping(yaml: String(decoding: data, as: UTF8.self))
    }

    package init(yaml: String) throws(CatalogueError) {
        let root: YAMLNode
        do {
            root = try YAMLNode.document(in: yaml)
        } catch {
            throw CatalogueError(place: "ran-mapping.yaml", problem: error.description)
        }
        let reader = CatalogueReader(root, place: "ran-mapping.yaml:")
        try reader.keys(["policyTypes", "mappings", "managed", "objectClasses", "scopeAttributes", "steering", "sliceTypes", "elsewhere", "refused"])

        var policyTypes: [PolicyType] = []
        for member in try reader.required("policyTypes").members() { policyTypes.append(try PolicyType(id: member.key, member.value)) }
        let known = policyTypes.map(\.id)

        var rows: [Row] = []
        for row in try reader.required("mappings").list() { rows.append(try Row(row, policyTypes: known)) }
        var managed: [ManagedRow] = []
        for row in try reader.required("managed").list() { managed.append(try ManagedRow(row)) }
        var classes: [String: ObjectClass] = [:]
        for member in try reader.required("objectClasses").members() { classes[member.key] = try ObjectClass(member.value) }
        var sliceTypes: [String: SliceType] = [:]
        for member in try reader.required("sliceTypes").members() {
            try member.value.keys(["sst", "fiveQI"])
            sliceTypes[member.key] = SliceType(
                sst: try member.value.required("sst").integer(in: 0...255), fiveQI: try member.value.required("fiveQI").integer(in: 1...255)
            )
        }
        var refused: [String: String] = [:]
        for member in try reader.required("refused").members() {
            guard RANMapping.isObject(member.key) else { throw member.value.fault("is no object") }
            refused[member.key] = try member.value.text()
        }
        self.policyTypes = policyTypes
        self.rows = rows
        self.managed = managed
        self.objectClasses = classes
        self.steering = try Steering(try reader.required("steering"), policyTypes: known)
        self.scopeAttributes = Set(try RANMapping.attributes(try reader.required("scopeAttributes")))
        self.elsewhere = Set(try RANMapping.attributes(try reader.required("elsewhere")))
        self.sliceTypes = sliceTypes
        self.refused = refused
    }

    /// `kind` or `kind/type`.
    fileprivate static func isObject(_ key: String) -> Bool { key.split(separator: "/").first.flatMap { ObjectKind(rawValue: String($0)) } != nil }

    fileprivate static func objects(_ reader: CatalogueReader) throws(CatalogueError) -> [String] {
        let keys = try reader.texts()
        for key in keys where !self.isObject(key) { throw reader.fault("'\(key)' is no object") }
        return keys
    }

    fileprivate static func conditions(_ reader: CatalogueReader) throws(CatalogueError) -> [Condition] {
        var conditions: [Condition] = []
        for condition in try reader.list() {
            let name = try condition.text(oneOf: Condition.allCases.map(\.rawValue))
            if let condition = Condition(rawValue: name) { conditions.append(condition) }
        }
        return conditions
    }

    /// `[low, high]`.
    fileprivate static func range(_ reader: CatalogueReader) throws(CatalogueError) -> ClosedRange<Double> {
        let ends = try reader.list()
        guard ends.count == 2 else { throw reader.fault("[low, high] is expected") }
        let (low, high) = (try ends[0].number(), try ends[1].number())
        guard low <= high else { throw reader.fault("runs backwards") }
        return low...high
    }

    fileprivate static func attributes(_ reader: CatalogueReader) throws(CatalogueError) -> [String] {
        let names = try reader.texts()
        for name in names where Attribute.table[name] == nil { throw reader.fault("'\(name)' is no attribute of the interpretation") }
        return names
    }
}

extension RANMapping.PolicyType {
    fileprivate init(id: String, _ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["name", "scope", "objectives"])
        var scope: [RANMapping.ScopeMember: RANMapping.Need] = [:]
        for member in try reader.required("scope").members() {
            guard let key = RANMapping.ScopeMember(rawValue: member.key) else { throw member.value.fault("is no member of a scope") }
            scope[key] = RANMapping.Need(rawValue: try member.value.text(oneOf: RANMapping.Need.allCases.map(\.rawValue)))
        }
        self.id = id
        self.name = try reader.required("name").text()
        self.scope = scope
        self.objectives = try reader.required("objectives").text()
    }
}

extension RANMapping.Row {
    fileprivate init(_ reader: CatalogueReader, policyTypes: [String]) throws(CatalogueError) {
        try reader.keys(["objects", "attributes", "conditions", "bound", "policyType", "field", "fieldUnit", "factor", "whole", "range", "below"])
        let conditions = try RANMapping.conditions(try reader.required("conditions"))
        var bound: Bound?
        if let reader = reader["bound"] { bound = Bound(rawValue: try reader.text(oneOf: Bound.allCases.map(\.rawValue))) }
        guard conditions.contains(.between) == (bound != nil) else { throw reader.fault("'bound' goes with the condition between, and only with it") }
        let range = try reader["range"].map(RANMapping.range)
        self.objects = try RANMapping.objects(try reader.required("objects"))
        self.attributes = try RANMapping.attributes(try reader.required("attributes"))
        self.conditions = conditions
        self.bound = bound
        self.policyType = try reader.required("policyType").text(oneOf: policyTypes)
        self.field = try reader.required("field").text()
        self.fieldUnit = reader["fieldUnit"]?.node.string ?? ""
        self.factor = try reader.required("factor").number()
        self.whole = try reader["whole"]?.boolean() ?? false
        self.range = range
        self.below = try reader["below"]?.text()
    }
}

extension RANMapping.ManagedRow {
    fileprivate init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["objects", "cellsOf", "attributes", "conditions", "class", "field", "fieldUnit", "scale", "values", "range"])
        var values: [String: Value] = [:]
        for member in try reader["values"]?.members() ?? [] {
            let text = try member.value.text()
            values[member.key] = text == "true" ? .boolean(true) : text == "false" ? .boolean(false) : .text(text)
        }
        let scale = try reader["scale"].flatMap { reader throws(CatalogueError) in Scale(rawValue: try reader.text(oneOf: Scale.allCases.map(\.rawValue))) }
        self.objects = try RANMapping.objects(try reader.required("objects"))
        self.cellsOf = try reader["cellsOf"].map(RANMapping.objects) ?? []
        self.scale = scale
        self.values = values
        self.attributes = try RANMapping.attributes(try reader.required("attributes"))
        self.conditions = try RANMapping.conditions(try reader.required("conditions"))
        self.managedClass = try reader.required("class").text()
        self.field = try reader.required("field").text()
        self.fieldUnit = reader["fieldUnit"]?.node.string ?? ""
        self.range = try reader["range"].map(RANMapping.range)
    }
}

extension RANMapping.ObjectClass {
    fileprivate init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["cell", "place", "attribute"])
        let place = Place(rawValue: try reader.required("place").text(oneOf: Place.allCases.map(\.rawValue))) ?? .itself
        let attribute = try reader["attribute"]?.text()
        guard (place == .reference) == (attribute != nil) else { throw reader.fault("'attribute' goes with the place reference, and only with it") }
        self.cell = try reader.required("cell").text()
        self.place = place
        self.attribute = attribute
    }
}

extension RANMapping.Steering {
    fileprivate init(_ reader: CatalogueReader, policyTypes: [String]) throws(CatalogueError) {
        try reader.keys(["objects", "policyType", "attributes", "preferences", "default"])
        let preferences = ["SHALL", "PREFER", "AVOID", "FORBID"]
        var words: [String: String] = [:]
        for member in try reader.required("preferences").members() {
            guard preferences.contains(member.key) else { throw member.value.fault("is no preference") }
            for word in try member.value.texts() { words[word] = member.key }
        }
        self.objects = try RANMapping.objects(try reader.required("objects"))
        self.policyType = try reader.required("policyType").text(oneOf: policyTypes)
        self.attributes = try RANMapping.attributes(try reader.required("attributes"))
        self.words = words
        self.standard = try reader.required("default").text(oneOf: preferences)
    }
}
