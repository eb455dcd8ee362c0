import IntentLanguage
import IntentModel

/// Holds a model's expectations against the embedded ones. Pure: in go two readings and the sentence, out come the questions where
/// both are grounded and disagree on what matters, and notes on what was dropped.
struct ReadingComparison: Sendable {
    private(set) var clarifications: [Clarification] = []
    private(set) var notes: [String] = []

    private let grounds: TextGrounds
    private let defaults: [String: String]

    /// Attributes whose numbers decide how much runs.
    private static let capacity: Set<String> = [
        "replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage", "maxUsers", "targetCPUUtilization", "targetMemoryUtilization",
    ]

    private static let places: [(name: String, value: @Sendable (Context) -> String?)] = [
        ("namespace", { $0.namespace }), ("cluster", { $0.cluster }), ("region", { $0.region }), ("site", { $0.site }), ("zone", { $0.zone }),
        ("environment", { $0.environment }), ("from", { $0.from }),
    ]

    init(embedded: [Expectation], model: [Expectation], request: InterpretationRequest) {
        self.grounds = TextGrounds(request.intent, known: embedded)
        self.defaults = ["namespace": request.namespace, "cluster": request.cluster].compactMapValues { $0 }
        var pairs: [(Expectation, Expectation)] = []
        var left = model
        var alone: [Expectation] = []
        // The same object first, then whatever is left in the order of the text.
        for expectation in embedded {
            if let index = left.firstIndex(where: { ReadingComparison.isSameObject($0.object, expectation.object) && $0.verb == expectation.verb })
                ?? left.firstIndex(where: { ReadingComparison.isSameObject($0.object, expectation.object) })
            {
                pairs.append((expectation, left.remove(at: index)))
            } else {
                alone.append(expectation)
            }
        }
        for (expectation, other) in zip(alone, left) { pairs.append((expectation, other)) }
        for (expectation, other) in pairs { self.compare(expectation, other) }
        for extra in left.dropFirst(alone.count) { self.unmatched(extra, first: embedded.first) }
        for missed in alone.dropFirst(left.count) {
            self.ask(
                missed, "object.type", "Is \(ReadingComparison.words(missed.object)) part of the request?", [ReadingComparison.words(missed.object), "no"])
        }
    }

    private mutating func ask(_ expectation: Expectation, _ field: String, _ question: String, _ options: [String]) {
        self.clarifications.append(Clarification(expectation: expectation.id, field: field, question: question, options: options))
    }

    private mutating func unmatched(_ extra: Expectation, first: Expectation?) {
        let words = ReadingComparison.words(extra.object)
        guard self.isGrounded(extra.object), let first else {
            self.notes.append("The model added \(words), which the text does not name; dropped.")
            return
        }
        self.ask(
            first, "object.type", "Is \(words) to be changed as well, or only \(ReadingComparison.words(first.object))?",
            [ReadingComparison.words(first.object), words])
    }

    private mutating func compare(_ ours: Expectation, _ theirs: Expectation) {
        if ours.verb != theirs.verb {
            self.ask(
                ours, "verb", "Is this to \(ours.verb.rawValue) or to \(theirs.verb.rawValue) \(ReadingComparison.words(ours.object))?",
                [ours.verb.rawValue, theirs.verb.rawValue])
        }
        self.compareObjects(ours, theirs)
        self.comparePlaces(ours, theirs)
        self.compareTargets(ours, theirs)
    }

    private mutating func compareObjects(_ ours: Expectation, _ theirs: Expectation) {
        if !ReadingComparison.isSame(ours.object.type, theirs.object.type), let type = theirs.object.type {
            if self.isGrounded(theirs.object) {
                self.ask(
                    ours, "object.type", "Is it about \(ReadingComparison.words(ours.object)) or \(ReadingComparison.words(theirs.object))?",
                    [ours.object.type, type].compactMap { $0 })
            } else {
                self.notes.append("The model read \(type), which the text does not name; dropped.")
            }
        }
        if let name = theirs.object.name, !ReadingComparison.isSame(name, ours.object.name), !ReadingComparison.isSame(name, ours.object.type) {
            if self.grounds.hold(name) {
                self.ask(ours, "object.name", "Which instance is meant?", [ours.object.name, name].compactMap { $0 })
            } else {
                self.notes.append("The model named an instance '\(name.prefix(64))' that the text does not name; dropped.")
            }
        }
    }

    private mutating func comparePlaces(_ ours: Expectation, _ theirs: Expectation) {
        for (name, value) in ReadingComparison.places {
            guard let place = value(theirs.context), !ReadingComparison.isSame(place, value(ours.context)),
                !ReadingComparison.isSame(place, self.defaults[name])
            else { continue }
            // The word that is already the object, or another place, is no second place.
            let taken =
                ReadingComparison.places.contains { ReadingComparison.isSame($0.value(ours.context), place) }
                || ReadingComparison.isSame(ours.object.name, place)
            if taken || place.lowercased() == "default" { continue }
            if self.grounds.hold(place) || (name == "environment" && self.grounds.hold(String(place.prefix(4)))) {
                self.ask(ours, "context.\(name)", "In which \(name)?", [value(ours.context), place].compactMap { $0 })
            } else {
                self.notes.append("The model read the \(name) '\(place.prefix(64))', which the text does not name; dropped.")
            }
        }
        if let slice = theirs.context.slice, let mine = ours.context.slice,
            slice.sst != mine.sst || (slice.sd != nil && !ReadingComparison.isSame(slice.sd, mine.sd))
        {
            let grounded = self.grounds.hold(Double(slice.sst)) && (slice.sd == nil || self.grounds.hold(slice.sd))
            let words = [mine, slice].map { "SST \($0.sst)" + ($0.sd.map { " SD \($0)" } ?? "") }
            if grounded {
                self.ask(ours, "context.slice", "Which slice is meant?", words)
            } else {
                self.notes.append("The model read another slice, which the text does not name; dropped.")
            }
        }
    }

    private mutating func compareTargets(_ ours: Expectation, _ theirs: Expectation) {
        for target in theirs.targets {
            let mine = ours.targets.filter { $0.attribute == target.attribute }
            if mine.contains(where: { $0.condition == target.condition && ReadingComparison.isSame($0.value, target.value) }) { continue }
            guard self.grounds.hold(target.value) else {
                self.notes.append("The model read \(target.attribute) \(target.value), which the text does not say; dropped.")
                continue
            }
            guard ReadingComparison.capacity.contains(target.attribute) else {
                self.notes.append("The model read \(target.attribute) \(target.condition.rawValue) \(target.value); the embedded reading stands.")
                continue
            }
            let theirWords = "\(target.condition.rawValue) \(target.value)"
            let options = mine.map { "\($0.condition.rawValue) \($0.value)" } + [theirWords]
            self.ask(ours, "targets.\(target.attribute)", "What should \(target.attribute) of \(ReadingComparison.words(ours.object)) be?", options)
        }
    }

    /// The object's words, type or name occur in the sentence.
    private func isGrounded(_ object: ObjectReference) -> Bool {
        self.grounds.hold(object.name) || self.grounds.hold(object.type) || self.grounds.hold(object.evidence)
    }

    private static func isSameObject(_ a: ObjectReference, _ b: ObjectReference) -> Bool {
        self.isSame(a.type, b.type) && (a.name == nil || b.name == nil || self.isSame(a.name, b.name))
    }

    private static func isSame(_ a: String?, _ b: String?) -> Bool { a?.lowercased() == b?.lowercased() }

    private static func isSame(_ a: TargetValue, _ b: TargetValue) -> Bool {
        if let x = a.number, let y = b.number { return abs(x - y) <= 1e-9 * max(1, abs(x)) }
        if let x = a.text, let y = b.text { return self.isSame(x, y) }
        return a == b
    }

    private static func words(_ object: ObjectReference) -> String { object.name ?? object.type ?? object.kind.rawValue }
}
