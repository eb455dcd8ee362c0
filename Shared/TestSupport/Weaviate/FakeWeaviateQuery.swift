import JSONSchema

/// Answers one GraphQL query of ``FakeWeaviate``.
struct FakeWeaviateQuery {
    private let document: GraphQLDocument
    private let properties: [String: JSONValue]
    private let objects: [JSONValue]

    init(_ text: String, _ state: FakeWeaviate.State) throws(GraphQLDocument.Unreadable) {
        self.document = try GraphQLDocument(text)
        guard let definition = state.classes[self.document.className] else {
            throw GraphQLDocument.Unreadable(description: "Cannot query field \"\(self.document.className)\" on type \"GetObjectsObj\".")
        }
        self.properties = Dictionary((definition["properties"]?.array ?? []).map { ($0["name"]?.string ?? "", $0) }) { $1 }
        let className = self.document.className
        self.objects = state.objects.values.filter { $0["class"]?.string == className }.sorted { ($0["id"]?.string ?? "") < ($1["id"]?.string ?? "") }
        let known: Set<String> =
            self.document.operation == "Get" ? ["where", "limit", "sort", "hybrid", "bm25", "nearVector"] : ["where", "limit", "groupBy"]
        for name in self.document.arguments.keys where !known.contains(name) {
            throw GraphQLDocument.Unreadable(description: "Unknown argument \"\(name)\" on field \"\(className)\"")
        }
        if let filter = self.document.arguments["where"] { try self.check(filter) }
    }

    var answer: JSONValue {
        get throws(GraphQLDocument.Unreadable) {
            let rows = try self.document.operation == "Aggregate" ? self.aggregated() : self.found()
            return .object([self.document.operation: .object([self.document.className: .array(rows)])])
        }
    }

    private var matching: [JSONValue] {
        guard let filter = self.document.arguments["where"] else { return self.objects }
        return self.objects.filter { Self.passes($0, filter, isGraphQL: true) }
    }

    private func aggregated() throws(GraphQLDocument.Unreadable) -> [JSONValue] {
        guard self.document.selection.contains(where: { $0.name == "meta" }) else { throw GraphQLDocument.Unreadable(description: "no meta") }
        guard let property = self.document.arguments["groupBy"]?[0]?.string else { return [["meta": ["count": .number(Double(self.matching.count))]]] }
        let groups = Dictionary(grouping: self.matching) { $0["properties"]?[property]?.string ?? "" }
        return groups.sorted { $0.value.count > $1.value.count }.prefix(self.document.arguments["limit"]?.integer ?? 100).map { value, members in
            ["groupedBy": ["value": .string(value)], "meta": ["count": .number(Double(members.count))]]
        }
    }

    private func found() throws(GraphQLDocument.Unreadable) -> [JSONValue] {
        var rows = self.matching.map { (object: $0, additional: [String: JSONValue]()) }
        let arguments = self.document.arguments
        if let hybrid = arguments["hybrid"] {
            let alpha = hybrid["alpha"]?.number ?? 0.75
            guard (0...1).contains(alpha), hybrid["fusionType"] == "#relativeScoreFusion", let vector = hybrid["vector"] else {
                throw GraphQLDocument.Unreadable(description: "a wrong hybrid")
            }
            rows = try self.fused(self.byWords(hybrid), self.byVector(vector), alpha)
        } else if let bm25 = arguments["bm25"] {
            rows = try self.byWords(bm25).map { ($0.0, ["score": .string("\($0.1)")]) }
        } else if let vector = arguments["nearVector"]?["vector"] {
            rows = self.byVector(vector).map { ($0.0, ["distance": .number(1 - $0.1)]) }
        } else if let sort = arguments["sort"]?[0], let property = sort["path"]?[0]?.string {
            let isDescending = sort["order"] == "#desc"
            rows.sort { one, other in
                let (a, b) = (one.object["properties"]?[property]?.string ?? "", other.object["properties"]?[property]?.string ?? "")
                return isDescending ? a > b : Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8))
            }
        }
        var answer: [JSONValue] = []
        for row in rows.prefix(arguments["limit"]?.integer ?? 25) { answer.append(try self.selected(row.object, row.additional)) }
        return answer
    }

    private func selected(_ object: JSONValue, _ additional: [String: JSONValue]) throws(GraphQLDocument.Unreadable) -> JSONValue {
        var row: [String: JSONValue] = [:]
        for field in self.document.selection {
            if field.name == "_additional" {
                var members: [String: JSONValue] = [:]
                for part in field.selection {
                    switch part.name {
                    case "id": members["id"] = object["id"]
                    case "vector": members["vector"] = object["vector"] ?? []
                    case "score", "explainScore", "distance": members[part.name] = additional[part.name] ?? .null
                    default: throw GraphQLDocument.Unreadable(description: "Cannot query field \"\(part.name)\" on type \"_additional\".")
                    }
                }
                row["_additional"] = .object(members)
            } else {
                guard self.properties[field.name] != nil else {
                    throw GraphQLDocument.Unreadable(description: "Cannot query field \"\(field.name)\" on type \"\(self.document.className)\".")
                }
                row[field.name] = object["properties"]?[field.name] ?? .null
            }
        }
        return .object(row)
    }

    // MARK: Scores

    private func byWords(_ query: JSONValue) throws(GraphQLDocument.Unreadable) -> [(JSONValue, Double)] {
        let words = Self.words(query["query"]?.string ?? "")
        var weights: [String: Double] = [:]
        for entry in query["properties"]?.array ?? [] {
            let parts = (entry.string ?? "").split(separator: "^")
            let name = String(parts.first ?? "")
            guard self.properties[name]?["indexSearchable"] == true else { throw GraphQLDocument.Unreadable(description: "\(name) is not searchable") }
            weights[name] = parts.count > 1 ? Double(parts[1]) : 1
        }
        return self.scored { object in
            weights.reduce(0) { sum, field in
                let text = Self.words(object["properties"]?[field.key]?.string ?? "")
                return sum + field.value * words.reduce(0) { $0 + Double(text.count { [word = $1] in $0 == word }) / Double(text.count + 1) }
            }
        }
    }

    private func byVector(_ vector: JSONValue) -> [(JSONValue, Double)] {
        let query = (vector.array ?? []).compactMap(\.number)
        return self.scored(least: -2) { object in
            let other = (object["vector"]?.array ?? []).compactMap(\.number)
            guard other.count == query.count, !other.isEmpty else { return -2 }
            func length(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            return zip(query, other).reduce(0) { $0 + $1.0 * $1.1 } / (length(query) * length(other))
        }
    }

    private func scored(least: Double = 0, _ score: (JSONValue) -> Double) -> [(JSONValue, Double)] {
        self.matching.map { ($0, score($0)) }.filter { $0.1 > least }.sorted { $0.1 > $1.1 }
    }

    /// As Weaviate fuses and explains.
    private func fused(
        _ words: [(JSONValue, Double)], _ meaning: [(JSONValue, Double)], _ alpha: Double
    ) -> [(object: JSONValue, additional: [String: JSONValue])] {
        var fused: [String: (object: JSONValue, score: Double, text: String)] = [:]
        for (list, weight, name) in [(words, 1 - alpha, "keyword,bm25"), (meaning, alpha, "vector,hybridVector")] where weight > 0 {
            let (most, least) = (list.map(\.1).max() ?? 0, list.map(\.1).min() ?? 0)
            for (object, original) in list {
                let id = object["id"]?.string ?? ""
                let normalized = most == least ? weight : weight * (original - least) / (most - least)
                let text = "\nHybrid (Result Set \(name)) Document \(id): original score \(original), normalized score: \(normalized)"
                let before = fused[id]
                fused[id] = (object, (before?.score ?? 0) + normalized, text + (before.map { " - " + $0.text } ?? ""))
            }
        }
        return fused.sorted { $0.value.score != $1.value.score ? $0.value.score > $1.value.score : $0.key < $1.key }.map { _, hit in
            (hit.object, ["score": .string("\(hit.score)"), "explainScore": .string(hit.text)])
        }
    }

    private static func words(_ text: String) -> [String] { text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init) }

    // MARK: Filters

    private func check(_ filter: JSONValue) throws(GraphQLDocument.Unreadable) {
        for operand in filter["operands"]?.array ?? [] { try self.check(operand) }
        guard let property = filter["path"]?[0]?.string else { return }
        guard self.properties[property]?["indexFilterable"] == true else {
            throw GraphQLDocument.Unreadable(description: "no filterable property \(property) in class \(self.document.className)")
        }
    }

    /// Enumerations are bare in GraphQL and texts in REST.
    static func passes(_ object: JSONValue, _ filter: JSONValue, isGraphQL: Bool) -> Bool {
        let name = filter["operator"]?.string ?? ""
        guard isGraphQL == name.hasPrefix("#") else { return false }
        let value = object["properties"]?[filter["path"]?[0]?.string ?? ""]
        let text = filter["valueText"]?.string ?? ""
        switch name.drop(while: { $0 == "#" }) {
        case "And": return (filter["operands"]?.array ?? []).allSatisfy { self.passes(object, $0, isGraphQL: isGraphQL) }
        case "Equal": return value?.string == text || value?.array?.contains(.string(text)) == true
        case "NotEqual": return value?.string != text
        case "GreaterThan": return Array(text.utf8).lexicographicallyPrecedes(Array((value?.string ?? "").utf8))
        case "ContainsAny":
            let wanted = (isGraphQL ? filter["valueText"]?.array : filter["valueTextArray"]?.array) ?? []
            return wanted.contains { $0 == value || value?.array?.contains($0) == true }
        default: return false
        }
    }
}
