import IntentModel

/// What an expectation still lacks before it can be acted on. Looks only at the expectation, never at the text, so that
/// it judges an operator's answers the same way.
struct Completeness {
    let vocabulary: Vocabulary

    func questions(about expectation: Expectation, action: Action? = nil) -> [Clarification] {
        var questions: [Clarification] = []
        func ask(_ field: String, _ question: String, _ options: [String] = []) {
            questions.append(Clarification(expectation: expectation.id, field: field, question: question, options: options))
        }
        let object = expectation.object
        let label = object.name ?? object.type ?? "it"
        if object.type == nil, object.name == nil, expectation.verb != .report {
            switch object.kind {
            case .networkSlice: ask("object.type", "Which type of network slice should it be?", ["eMBB", "URLLC", "mMTC", "V2X"])
            case .policy: ask("object.type", "Which policy is meant?", ["QoS", "Security", "Access", "RateLimit", "Routing", "Slicing", "TrafficSteering"])
            case .e2Node: ask("object.type", "Which E2 nodes, or which subscription of which xApp, is meant?", ["E2NodeSet", "xApp"])
            case .coreNetwork: ask("object.type", "Which network is meant?", ["5GC", "EPC", "IMS"])
            default:
                ask(
                    "object.type", "Which network function should this \(expectation.verb.rawValue) act on?",
                    ["AMF", "SMF", "UPF", "NRF", "O-DU", "O-CU", "NearRT-RIC"])
            }
        }
        if let name = object.name, !Self.isName(name) { ask("object.name", "'\(name)' cannot be a name. Which instance is meant?") }
        for target in expectation.targets {
            // "the latest version", "version zurück"
            let isVague = target.attribute == "version" && target.value.text.map { !$0.contains(where: \.isNumber) } == true
            if case .text(let text) = target.value, !Self.isName(text) || isVague {
                ask("targets.\(target.attribute)", "'\(text)' cannot be used. What should \(target.attribute) of \(label) be?")
            }
        }
        for target in expectation.targets { self.check(target, label, ask) }
        switch expectation.verb {
        case .scale:
            let capacity = ["replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "autoscaling"]
            if !expectation.targets.contains(where: { capacity.contains($0.attribute) }) {
                ask("targets.replicas", "How many replicas should \(label) have?")
            }
        case .configure:
            let context = expectation.context
            if expectation.targets.isEmpty, object.kind == .radioNetwork, object.type == "Cell" { ask("targets", "What should be changed in the cell?") }
            // Which slice it is, and where, changes nothing of it.
            let isSlice = object.kind == .networkSlice
            let hasContext =
                !isSlice && (context.slice != nil || context.cell != nil) || context.qualities != nil || context.plmn != nil || context.dnn != nil
                || context.tac != nil || context.gnb != nil
                || context.depends != nil || context.ue != nil
            if expectation.targets.isEmpty, !hasContext, object.kind != .radioNetwork || action == .configure || object.type == "Cell", action != .stop,
                action != .vague
            {
                ask("targets", "What should be changed on \(label)?")
            }
        case .migrate:
            let context = expectation.context
            if context.namespace == nil, context.cluster == nil, context.region == nil, context.site == nil, context.zone == nil {
                ask("context.cluster", "Where should \(label) move to?")
            }
            if let from = context.from, [context.namespace, context.cluster, context.region, context.site, context.zone].contains(from) {
                ask("context.cluster", "\(label) is said to move from \(from) to where it is. Where should it move to?")
            }
        case .deploy where expectation.target("replicas")?.value.number == 0:
            ask("targets.replicas", "A deployment without replicas is none. How many replicas should \(label) have?")
        case .optimize where action == .ensure && expectation.targets.isEmpty && expectation.context.qualities == nil && object.kind == .networkFunction:
            ask("targets", "What should hold for \(label)?")
        case .optimize where object.kind == .radioNetwork && object.type == "Cell" && expectation.targets.isEmpty && action == .change:
            // "raise the transmit power of cell 7"
            ask("targets", "What should be changed in the cell, and to what?")
        case .remove, .restart, .rollback, .report, .deploy, .optimize: break
        }
        if [.restart, .remove, .scale, .migrate].contains(expectation.verb), object.kind == .infrastructure, object.name == nil {
            ask("object.name", "Which \(object.type ?? "resource") is meant? Give its name.")
        }
        return questions
    }

    /// Letters, digits, spaces and the signs of names, versions and image references.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil || " -_./:@=+#".unicodeScalars.contains($0) }
    }

    /// "1.000"
    private static func mayBeThousands(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return false }
        return text.split { !$0.isNumber && $0 != "." }.contains { number in
            let parts = number.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && parts[1].count == 3
        }
    }

    private func check(_ target: Target, _ label: String, _ ask: (String, String, [String]) -> Void) {
        guard let word = self.vocabulary.attribute(target.attribute) else { return }
        var values: [Double] = []
        switch target.value {
        case .number(let value): values = [value]
        case .range(let low, let high): values = [low, high]
        case .boolean, .text: return
        }
        let field = "targets.\(target.attribute)"
        let evidence = target.evidence ?? target.value.description
        let unit = target.unit.map { " " + $0 } ?? ""
        for value in values {
            if target.condition == .multiplyBy {
                if value <= 0 { ask(field, "'\(evidence)' cannot be done. What should \(target.attribute) of \(label) be?", []) }
                continue
            }
            let relative = target.condition == .increaseBy || target.condition == .decreaseBy
            if word.whole, Self.mayBeThousands(evidence) {
                ask(field, "'\(evidence)' may be read as thousands or as a fraction. How many should \(label) have?", [])
            } else if word.whole, value != value.rounded() {
                ask(field, "'\(evidence)' is not a whole number. How many should \(label) have?", [])
            } else if value > word.high || value < (relative ? 0 : word.low) || value.isNaN || relative && value == 0 {
                ask(
                    field,
                    "'\(evidence)' is outside \(Reading.plain(word.low))…\(Reading.plain(word.high))\(unit). What should \(target.attribute) of \(label) be?",
                    [])
            }
        }
    }
}
