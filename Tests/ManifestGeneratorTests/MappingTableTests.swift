import Foundation
import IntentModel
import JSONSchema
import Testing
import Yams

@testable import PackagePlanning

/// The table of `ran-mapping.yaml`: its shape, its agreement with the policy types, and its place in the documentation.
@Suite struct MappingTableTests {
    private static let root = "\(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })"

    private static func text(_ path: String) throws -> String { try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }

    private static func value(_ node: Node) -> JSONValue {
        switch node {
        case .scalar(let scalar) where scalar.style == .plain:
            node.bool.map(JSONValue.boolean) ?? node.float.map(JSONValue.number) ?? .string(scalar.string)
        case .scalar(let scalar): .string(scalar.string)
        case .sequence(let sequence): .array(sequence.map(self.value))
        case .mapping(let mapping): .object(Dictionary(mapping.map { ($0.key.string ?? "", self.value($0.value)) }, uniquingKeysWith: { first, _ in first }))
        case .alias: .null
        }
    }

    @Test("the table is as its schema has it")
    func schema() throws {
        let schema = try JSONSchema(try JSONValue(parsing: try Self.text("Services/ManifestGenerator/PackagePlanning/Catalogue/ran-mapping.schema.json")))
        #expect(schema.unsupported.isEmpty)
        let node = try #require(try Yams.compose(yaml: try Self.text("Services/ManifestGenerator/PackagePlanning/Catalogue/ran-mapping.yaml")))
        let table = Self.value(node)
        #expect(schema.violations(in: table).isEmpty, "\(schema.violations(in: table))")
        var broken = table
        broken["colour"] = "red"
        #expect(!schema.accepts(broken))
    }

    @Test("every field of the table is one of its policy type, and lies within what the type allows")
    func fields() throws {
        let mapping = try RANMapping.bundled()
        for row in mapping.rows {
            let type = try JSONValue(parsing: try Self.text("Services/ORANAdaptor/PolicyTypes/\(row.policyType).json"))
            let objectives = try #require(mapping.policyType(row.policyType)?.objectives)
            let field = type["policySchema"]?["properties"]?[objectives]?["properties"]?[row.field]
            let shape = try #require(field, "\(row.policyType) has no \(objectives).\(row.field)")
            let schema = try JSONSchema(shape)
            for value in [row.range?.lowerBound, row.range?.upperBound].compactMap({ $0 }) {
                #expect(schema.accepts(.number(value)), "\(row.field) does not allow \(value)")
            }
        }
    }

    @Test("every attribute that is configured is one of its class, of its type, and what it may be is what the class allows")
    func managedFields() throws {
        let mapping = try RANMapping.bundled()
        let node = try #require(try Yams.compose(yaml: try Self.text("Services/ORANAdaptor/ManagedClasses/classes.yaml")))
        let classes = try #require(Self.value(node)["classes"])
        for row in mapping.managed where row.managedClass != "RRMPolicyRatio" {
            let shape = try #require(classes[row.managedClass]?["attributes"]?[row.field], "\(row.managedClass) has no \(row.field)")
            if let range = row.range {
                let allowed = (shape["range"]?.array ?? []).compactMap(\.number)
                #expect(shape["type"] == "integer" && allowed == [range.lowerBound, range.upperBound], "\(row.field)")
            }
            for value in row.values.values {
                switch value {
                case .text(let text): #expect(shape["values"]?.array?.contains(.string(text)) == true, "\(row.field) cannot be \(text)")
                case .boolean: #expect(shape["type"] == "boolean")
                }
            }
            let place = try #require(mapping.objectClasses[row.managedClass], "where is a \(row.managedClass)?")
            #expect(classes[place.cell] != nil)
            if let attribute = place.attribute { #expect(classes[place.cell]?["shown"]?[attribute]?["type"] == "references") }
        }
    }

    @Test("no target has two meanings: rows of one field do not overlap")
    func unambiguous() throws {
        let mapping = try RANMapping.bundled()
        var seen: Set<String> = []
        let a1 = mapping.rows.flatMap { row in
            row.objects.flatMap { object in
                row.attributes.flatMap { attribute in row.conditions.map { "\(object) \(attribute) \($0) \(row.bound?.rawValue ?? "")" } }
            }
        }
        let o1 = mapping.managed.flatMap { row in
            (row.objects + row.cellsOf.map { "a cell of \($0)" }).flatMap { object in
                row.attributes.flatMap { attribute in row.conditions.map { "\(object) \(attribute) \($0) " } }
            }
        }
        for key in a1 + o1 { #expect(seen.insert(key).inserted, "\(key) is mapped twice") }
    }

    @Test("docs/ran.md shows the table as it is")
    func documented() throws {
        let parts = try Self.text("docs/ran.md").components(separatedBy: "<!-- mapping -->\n")
        let shown = try #require(parts.count == 2 ? parts[1].components(separatedBy: "<!-- /mapping -->").first : nil)
        let table = Self.table(try RANMapping.bundled())
        #expect(shown == table, "docs/ran.md should say:\n\(table)")
    }

    // MARK: As Markdown

    private static func table(_ mapping: RANMapping) -> String {
        var lines = ["| object | attribute | condition | becomes | field | within |", "|---|---|---|---|---|---|"]
        for row in mapping.rows {
            let objectives = mapping.policyType(row.policyType)?.objectives ?? ""
            let bound = row.bound.map { " (its \($0.rawValue) end)" } ?? ""
            let factor = row.factor == 1 ? "" : " × \(JSONValue.number(row.factor).text)"
            lines.append(
                self.line([
                    row.objects.joined(separator: ", "), self.attributes(row.attributes), row.conditions.map(\.rawValue).joined(separator: ", ") + bound,
                    "A1 `\(row.policyType)`", "`\(objectives).\(row.field)`\(factor)", self.range(row.range, row.fieldUnit),
                ]))
        }
        let steering = mapping.steering
        lines.append(
            self.line([
                steering.objects.joined(separator: ", "), self.attributes(steering.attributes), "equals", "A1 `\(steering.policyType)`", "`tspResources`",
                "SHALL, PREFER, AVOID, FORBID; \(steering.standard) when nothing is said",
            ]))
        for row in mapping.managed {
            lines.append(
                self.line([
                    self.objects(of: row), self.attributes(row.attributes), row.conditions.map(\.rawValue).joined(separator: ", "),
                    "O1 `\(row.managedClass)`", "`\(row.field)`" + (row.scale == nil ? "" : ", 10^(dBm/10)"), self.values(row),
                ]))
        }
        for (object, reason) in mapping.refused.sorted(by: { $0.key < $1.key }) { lines.append(self.line([object, "all others", "", "refused", "", reason])) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func objects(of row: RANMapping.ManagedRow) -> String {
        row.objects.joined(separator: ", ") + (row.cellsOf.isEmpty ? "" : "; a cell of \(row.cellsOf.joined(separator: ", "))")
    }

    private static func values(_ row: RANMapping.ManagedRow) -> String {
        guard !row.values.isEmpty else { return self.range(row.range, row.fieldUnit) }
        return row.values.sorted { $0.key < $1.key }.map { value in
            switch value.value {
            case .text(let text): text
            case .boolean(let flag): "\(flag)"
            }
        }.joined(separator: ", ")
    }

    private static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func attributes(_ names: [String]) -> String {
        names.map { name in Attribute.unit(of: name).map { "\(name) (\($0))" } ?? name }.joined(separator: ", ")
    }

    private static func range(_ range: ClosedRange<Double>?, _ unit: String) -> String {
        guard let range else { return unit }
        return "\(JSONValue.number(range.lowerBound).text)…\(JSONValue.number(range.upperBound).text)" + (unit.isEmpty ? "" : " \(unit)")
    }
}
