import IntentLanguage
import IntentModel

/// Holds a model's expectations against the embedded ones. Pure: in go two complete readings and the sentence, out come the questions where
/// both are grounded and disagree on verb, object, place or a capacity number, and notes on what was dropped.
struct ReadingComparison {
    private(set) var clarifications: [Clarification] = []
    private(set) var notes: [String] = []
    /// What only the model read and the text holds. Each comes with a question: without a person's yes it is not done.
    private(set) var additions: [Expectation] = []

    private let known: [Expectation]
    private let defaults: [String: String]
    private let makeGrounds: () -> TextGrounds
    private var madeGrounds: TextGrounds?

    /// Attributes whose numbers decide how much runs.
    private static let capacity: Set<String> = [
        "replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "maxUsers", "targetCPUUtilization", "targetMemoryUtilization",
    ]

    private static let places: [(name: String, value: any WritableKeyPath<Context, String?> & Sendable)] = [
        ("namespace", \.namespace), ("cluster", \.cluster), ("region", \.region), ("site", \.site), ("zone", \.zone), ("environment", \.environment),
        ("from", \.from),
    ]

    /// Identifiers that are told, not asked: the embedded reading stands.
    private static let lesser: [(name: String, value: any WritableKeyPath<Context, String?> & Sendable)] = [
        ("PLMN", \.plmn), ("cell", \.cell), ("gNB", \.gnb), ("UE", \.ue),
    ]

    /// - Parameter grounds: made at the first difference; two readings that agree need none.
    init(embedded: [Expectation], model: [Expectation], request: InterpretationRequest, grounds: @escaping () -> TextGrounds) {
        self.known = embedded
        self.defaults = ["namespace": request.namespace, "cluster": request.cluster].compactMapValues { $0 }
        self.makeGrounds = grounds
        var pairs: [(Expectation, Expectation)] = []
        var left = model
        var alone: [Expectation] = []
        // The same object first, then whatever is left in the order of the text.
        for expectation in embedded {
            if let index = left.firstIndex(where: { Self.isSameObject($0.object, expectation.object) && $0.verb == expectation.verb })
                ?? left.firstIndex(where: { Self.isSameObject($0.object, expectation.object) })
            {
                pairs.append((expectation, left.remove(at: index)))
            } else {
                alone.append(expectation)
            }
        }
        for (expectation, other) in zip(alone, left) { pairs.append((expectation, other)) }
        for (expectation, other) in pairs { self.compare(expectation, other) }
        for extra in left.dropFirst(alone.count) { self.propose(extra) }
        for missed in alone.dropFirst(left.count) {
            self.ask(missed, "confirm", "The model does not read \(Self.words(missed.object)) from the text. Is it part of the request?", ["yes", "no"])
        }
    }

    private var grounds: TextGrounds {
        mutating get {
            if let madeGrounds { return madeGrounds }
            let grounds = self.makeGrounds()
            self.madeGrounds = grounds
            return grounds
        }
    }

    private mutating func ask(_ expectation: Expectation, _ field: String, _ question: String, _ options: [String]) {
        guard !self.clarifications.contains(where: { $0.expectation == expectation.id && $0.field == field }) else { return }
        self.clarifications.append(Clarification(expectation: expectation.id, field: field, question: question, options: options))
    }

    /// An object the embedded reading does not have.
    private mutating func propose(_ extra: Expectation) {
        let words = Self.words(extra.object)
        guard self.isGrounded(extra.object), self.grounds.hold(extra.verb) else {
            self.notes.append("The model added \(extra.verb.rawValue) \(words.prefix(64)), which the text does not say; dropped.")
            return
        }
        var addition = extra
        addition.id = "e\(self.known.count + self.additions.count + 1)"
        if let name = addition.object.name, !self.grounds.hold(name: name) { addition.object.name = nil }
        let grounds = self.grounds
        addition.targets = extra.targets.filter { grounds.hold($0.value, of: $0.attribute, $0.condition) }
        var context = Context()
        for (name, value) in Self.places {
            guard let place = extra.context[keyPath: value] else { continue }
            if name == "environment" ? grounds.hold(environment: place) : grounds.hold(place: place) { context[keyPath: value] = place }
        }
        addition.context = context
        self.additions.append(addition)
        self.ask(addition, "confirm", "Is this to \(extra.verb.rawValue) \(words) as well?", ["yes", "no"])
    }

    private mutating func compare(_ ours: Expectation, _ theirs: Expectation) {
        if ours.verb != theirs.verb {
            if self.grounds.hold(theirs.verb) {
                self.ask(
                    ours, "verb", "Is this to \(ours.verb.rawValue) or to \(theirs.verb.rawValue) \(Self.words(ours.object))?",
                    [ours.verb.rawValue, theirs.verb.rawValue])
            } else {
                self.notes.append("The model read \(theirs.verb.rawValue), which the text does not say; dropped.")
            }
        }
        self.compareObjects(ours.object, theirs.object, ours)
        self.comparePlaces(ours, theirs)
        self.compareTargets(ours, theirs)
    }

    private mutating func compareObjects(_ ours: ObjectReference, _ theirs: ObjectReference, _ expectation: Expectation) {
        if let type = theirs.type, !Self.isSame(ours.type, type), type.lowercased() != "custom" {
            if self.grounds.hold(type: type) {
                self.ask(expectation, "object.type", "Which function is meant?", [ours.type ?? ours.name, type].compactMap { $0 })
            } else {
                self.notes.append("The model read \(type.prefix(64)), which the text does not name; dropped.")
            }
        }
        if let name = theirs.name, !Self.isSame(name, ours.name), !Self.isSame(name, ours.type), !Self.isSame(name, theirs.type) {
            if self.grounds.hold(name: name) {
                self.ask(expectation, "object.name", "Which instance is meant?", [ours.name, name].compactMap { $0 })
            } else {
                self.notes.append("The model named an instance '\(name.prefix(64))' that the text does not name; dropped.")
            }
        }
    }

    /// Whatever the model says of the context, the embedded reading says, too, in the same letters.
    private static func agrees(_ ours: Context, _ theirs: Context) -> Bool {
        func same(_ a: String?, _ b: String?) -> Bool { b == nil || a == b }
        return same(ours.namespace, theirs.namespace) && same(ours.cluster, theirs.cluster) && same(ours.region, theirs.region)
            && same(ours.site, theirs.site) && same(ours.zone, theirs.zone) && same(ours.environment, theirs.environment) && same(ours.from, theirs.from)
            && same(ours.plmn, theirs.plmn) && same(ours.cell, theirs.cell) && same(ours.gnb, theirs.gnb) && same(ours.ue, theirs.ue)
            && (theirs.slice == nil || ours.slice == theirs.slice)
    }

    private mutating func comparePlaces(_ ours: Expectation, _ theirs: Expectation) {
        // Most readings agree, and key paths are slow.
        if Self.agrees(ours.context, theirs.context) { return }
        for (name, path) in Self.places {
            guard let place = theirs.context[keyPath: path], !Self.isSame(place, ours.context[keyPath: path]) else { continue }
            if Self.isSame(place, self.defaults[name]) || place.lowercased() == "default" { continue }
            // The word that is already the object, or another place, is no second place.
            let taken =
                Self.places.contains { Self.isSame(ours.context[keyPath: $0.value], place) } || Self.isSame(ours.object.name, place)
                || Self.isSame(ours.object.type, place)
            if taken { continue }
            if name == "environment" ? self.grounds.hold(environment: place) : self.grounds.hold(place: place) {
                self.ask(ours, "context.\(name)", "In which \(name)?", [ours.context[keyPath: path], place].compactMap { $0 })
            } else {
                self.notes.append("The model read the \(name) '\(place.prefix(64))', which the text does not name; dropped.")
            }
        }
        for (name, path) in Self.lesser {
            guard let value = theirs.context[keyPath: path], !Self.isSame(value, ours.context[keyPath: path]) else { continue }
            let reason = self.grounds.hold(value) ? "the embedded reading stands" : "the text does not name it; dropped"
            self.notes.append("The model read the \(name) '\(value.prefix(64))': \(reason).")
        }
        self.compareSlices(ours, theirs)
    }

    private mutating func compareSlices(_ ours: Expectation, _ theirs: Expectation) {
        guard let slice = theirs.context.slice, let mine = ours.context.slice,
            slice.sst != mine.sst || (slice.sd != nil && !Self.isSame(slice.sd, mine.sd))
        else { return }
        // The SST may also be that of a type the text names: a documented default.
        let types = [1: "eMBB", 2: "URLLC", 3: "mMTC", 4: "V2X"]
        let isSaid = self.grounds.hold(count: Double(slice.sst)) || types[slice.sst].map { self.grounds.hold(type: $0) } ?? false
        guard isSaid, slice.sd == nil || self.grounds.hold(slice.sd) else {
            self.notes.append("The model read another slice, which the text does not name; dropped.")
            return
        }
        let words = [mine, slice].map { "\($0.sst)" + ($0.sd.map { "-\($0)" } ?? "") }
        self.ask(ours, "context.slice", "Which slice is meant?", words)
    }

    private mutating func compareTargets(_ ours: Expectation, _ theirs: Expectation) {
        let mine = ours.targets.flatMap(Self.bounds)
        for target in theirs.targets {
            let bounds = Self.bounds(target)
            if bounds.allSatisfy({ bound in mine.contains { Self.agrees($0, bound) } }) { continue }
            if Self.isDefault(target, in: ours) {
                self.notes.append("The model read \(target.attribute) \(target.value): the documented default, which applies anyway.")
                continue
            }
            guard self.grounds.hold(target.value, of: target.attribute, target.condition) else {
                self.notes.append("The model read \(target.attribute) \(target.value), which the text does not say; dropped.")
                continue
            }
            guard Self.capacity.contains(target.attribute) else {
                self.notes.append("The model read \(target.attribute) \(target.condition.rawValue) \(target.value); the embedded reading stands.")
                continue
            }
            let said = ours.targets.filter { $0.attribute == target.attribute } + [target]
            let unit = target.unit.map { " (\($0))" } ?? ""
            // An answer is the value wanted in the end; "three more" is none.
            let options = said.filter { Self.isAbsolute($0.condition) }.map { "\($0.value)" }
            self.ask(ours, "targets.\(target.attribute)", "What should \(target.attribute)\(unit) of \(Self.words(ours.object)) be in the end?", options)
        }
    }

    // MARK: What is the same

    /// A range of replicas is a lower and an upper bound.
    private static func bounds(_ target: Target) -> [Target] {
        guard target.attribute == "replicas" else { return [target] }
        switch (target.condition, target.value) {
        case (.between, .range(let low, let high)):
            return [Target(attribute: "minReplicas", value: .number(low)), Target(attribute: "maxReplicas", value: .number(high))]
        default: return [target]
        }
    }

    private static func isAbsolute(_ condition: Condition) -> Bool { ![.increaseBy, .decreaseBy, .multiplyBy].contains(condition) }

    /// The same number to the same effect: at least five and five are no quarrel, five and five more are.
    private static func agrees(_ a: Target, _ b: Target) -> Bool {
        a.attribute == b.attribute && self.isSame(a.value, b.value)
            && (a.condition == b.condition || self.isAbsolute(a.condition) && self.isAbsolute(b.condition))
    }

    /// What is filled in where a text that deploys is silent; see docs/model.md.
    private static func isDefault(_ target: Target, in ours: Expectation) -> Bool {
        guard ours.verb == .deploy, let number = target.value.number, target.condition == .equals, ours.target(target.attribute) == nil else { return false }
        let isHighlyAvailable = ours.target("highAvailability")?.value.boolean == true
        let replicas = ours.target("replicas")?.value.number ?? (isHighlyAvailable ? 3 : 1)
        return switch target.attribute {
        case "replicas": number == replicas
        case "minReplicas": number == replicas
        case "maxReplicas": number == replicas * 3
        case "targetCPUUtilization": number == 70
        default: false
        }
    }

    /// The object's words, type or name occur in the sentence.
    private mutating func isGrounded(_ object: ObjectReference) -> Bool {
        if let type = object.type, type.lowercased() != "custom" { return self.grounds.hold(type: type) }
        guard let name = object.name else { return false }
        return self.grounds.hold(name: name)
    }

    private static func isSameObject(_ a: ObjectReference, _ b: ObjectReference) -> Bool {
        self.isSame(a.type, b.type) && (a.name == nil || b.name == nil || self.isSame(a.name, b.name))
    }

    private static func isSame(_ a: String?, _ b: String?) -> Bool { a == b || a?.lowercased() == b?.lowercased() }

    private static func isSame(_ a: TargetValue, _ b: TargetValue) -> Bool {
        if let x = a.number, let y = b.number { return abs(x - y) <= 1e-9 * max(1, abs(x)) }
        if let x = a.text, let y = b.text { return self.isSame(x, y) }
        return a == b
    }

    private static func words(_ object: ObjectReference) -> String { object.name ?? object.type ?? object.kind.rawValue }
}
