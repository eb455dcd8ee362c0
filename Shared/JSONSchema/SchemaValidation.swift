/// One check of a value against compiled nodes. Bounded in findings, in depth and in steps, whatever the schema says.
struct SchemaValidation {
    private let nodes: [SchemaNode]
    private let limit: Int
    private var steps = 0
    private(set) var violations: [JSONSchema.Violation] = []

    private static let maxSteps = 200_000
    private static let maxDepth = 128

    init(nodes: [SchemaNode], limit: Int) {
        self.nodes = nodes
        self.limit = limit
    }

    static func escaped(_ token: String) -> String {
        token.contains { $0 == "~" || $0 == "/" } ? token.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined() : token
    }

    private mutating func report(_ pointer: String, _ detail: String) {
        if self.violations.count < self.limit { self.violations.append(.init(pointer: pointer, detail: detail)) }
    }

    mutating func check(_ value: JSONValue, against index: Int, at pointer: String, depth: Int) {
        self.steps += 1
        guard self.violations.count < self.limit else { return }
        guard self.steps <= SchemaValidation.maxSteps, depth < SchemaValidation.maxDepth else {
            return self.report(pointer, "the schema is too involved to be checked")
        }
        let node = self.nodes[index]
        if let reference = node.reference { return self.check(value, against: reference, at: pointer, depth: depth + 1) }
        if node.never { return self.report(pointer, "is not allowed") }

        if let types = node.types, !types.contains(where: { SchemaValidation.is(value, $0) }) {
            return self.report(pointer, "is not of type \(types.map(\.rawValue).joined(separator: " or "))")
        }
        if let enumeration = node.enumeration, !enumeration.contains(value) {
            self.report(pointer, "is none of \(enumeration.prefix(12).map(\.text).joined(separator: ", "))")
        }
        if let constant = node.constant, constant != value { self.report(pointer, "is not \(constant.text)") }

        switch value {
        case .object(let members): self.check(members, node, at: pointer, depth: depth)
        case .array(let elements): self.check(elements, node, at: pointer, depth: depth)
        case .string(let text): self.check(text, node, at: pointer)
        case .number(let number): self.check(number, node, at: pointer)
        case .null, .boolean: break
        }
        self.combine(value, node, at: pointer, depth: depth)
    }

    private mutating func check(_ members: [String: JSONValue], _ node: SchemaNode, at pointer: String, depth: Int) {
        for name in node.required where members[name] == nil { self.report(pointer, "'\(name)' is missing") }
        if let count = node.propertyCount, !count.contains(members.count) {
            self.report(pointer, members.count < count.lowerBound ? "has fewer than \(count.lowerBound) members" : "has more than \(count.upperBound) members")
        }
        guard !node.properties.isEmpty || node.additionalProperties != nil else { return }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let schema = node.properties[name] ?? node.additionalProperties else { continue }
            self.check(value, against: schema, at: "\(pointer)/\(SchemaValidation.escaped(name))", depth: depth + 1)
        }
    }

    private mutating func check(_ elements: [JSONValue], _ node: SchemaNode, at pointer: String, depth: Int) {
        if let count = node.itemCount, !count.contains(elements.count) {
            self.report(pointer, elements.count < count.lowerBound ? "has fewer than \(count.lowerBound) items" : "has more than \(count.upperBound) items")
        }
        if node.uniqueItems, Set(elements.map(\.text)).count < elements.count { self.report(pointer, "has an item twice") }
        for (index, element) in elements.enumerated() {
            if let tuple = node.tuple {
                if index < tuple.count { self.check(element, against: tuple[index], at: "\(pointer)/\(index)", depth: depth + 1) }
            } else if let items = node.items {
                self.check(element, against: items, at: "\(pointer)/\(index)", depth: depth + 1)
            }
        }
    }

    private mutating func check(_ text: String, _ node: SchemaNode, at pointer: String) {
        if let length = node.length, !length.contains(text.unicodeScalars.count) {
            self.report(pointer, text.unicodeScalars.count < length.lowerBound ? "is shorter than \(length.lowerBound)" : "is longer than \(length.upperBound)")
        }
        if let pattern = node.pattern, !pattern.compiled.occurs(in: text) { self.report(pointer, "does not match \(pattern.source)") }
    }

    private mutating func check(_ number: Double, _ node: SchemaNode, at pointer: String) {
        func plain(_ value: Double) -> String { JSONValue.number(value).text }
        if let minimum = node.minimum, number < minimum { self.report(pointer, "is less than \(plain(minimum))") }
        if let maximum = node.maximum, number > maximum { self.report(pointer, "is more than \(plain(maximum))") }
        if let minimum = node.exclusiveMinimum, number <= minimum { self.report(pointer, "is not more than \(plain(minimum))") }
        if let maximum = node.exclusiveMaximum, number >= maximum { self.report(pointer, "is not less than \(plain(maximum))") }
        if let step = node.multipleOf, step > 0 {
            let quotient = number / step
            if abs(quotient - quotient.rounded()) > 1e-9 * max(1, abs(quotient)) { self.report(pointer, "is not a multiple of \(plain(step))") }
        }
    }

    private mutating func combine(_ value: JSONValue, _ node: SchemaNode, at pointer: String, depth: Int) {
        for schema in node.allOf { self.check(value, against: schema, at: pointer, depth: depth + 1) }
        if !node.anyOf.isEmpty {
            var nearest: [JSONSchema.Violation] = []
            let fits = node.anyOf.contains { schema in
                let found = self.trial(value, against: schema, at: pointer, depth: depth)
                if nearest.isEmpty || found.count < nearest.count { nearest = found }
                return found.isEmpty
            }
            if !fits { self.explain(nearest, pointer, "fits none of the \(node.anyOf.count) alternatives") }
        }
        if !node.oneOf.isEmpty {
            var nearest: [JSONSchema.Violation] = []
            var fitting = 0
            for schema in node.oneOf {
                let found = self.trial(value, against: schema, at: pointer, depth: depth)
                if found.isEmpty { fitting += 1 } else if nearest.isEmpty || found.count < nearest.count { nearest = found }
            }
            if fitting == 0 { self.explain(nearest, pointer, "fits none of the \(node.oneOf.count) alternatives") }
            if fitting > 1 { self.report(pointer, "fits \(fitting) alternatives of which only one may fit") }
        }
        if let not = node.not, self.trial(value, against: not, at: pointer, depth: depth).isEmpty { self.report(pointer, "is what it must not be") }
    }

    /// The findings of one alternative, kept apart; its steps count.
    private mutating func trial(_ value: JSONValue, against schema: Int, at pointer: String, depth: Int) -> [JSONSchema.Violation] {
        var trial = SchemaValidation(nodes: self.nodes, limit: 4)
        trial.steps = self.steps
        trial.check(value, against: schema, at: pointer, depth: depth + 1)
        self.steps = trial.steps
        return trial.violations
    }

    private mutating func explain(_ nearest: [JSONSchema.Violation], _ pointer: String, _ detail: String) {
        let why = nearest.first.map { "; the nearest: \($0)" } ?? ""
        self.report(pointer, detail + why)
    }

    private static func `is`(_ value: JSONValue, _ type: SchemaNode.ValueType) -> Bool {
        switch (value, type) {
        case (.null, .null), (.boolean, .boolean), (.object, .object), (.array, .array), (.string, .string), (.number, .number): true
        case (.number(let number), .integer): number == number.rounded() && abs(number) <= 9_007_199_254_740_992
        default: false
        }
    }
}
