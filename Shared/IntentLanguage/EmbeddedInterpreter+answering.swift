package import IntentModel

extension EmbeddedInterpreter {
    /// The interpretation with the operator's answers put in. An answered question disappears; an answer that cannot be
    /// used keeps its question with the reason. The decision follows from what is still open.
    ///
    /// A `confirm` answered with yes turns a change of something that does not exist into its deployment; answered with
    /// no, its expectation is dropped. When nothing is left the interpretation is refused as `empty`.
    package func answering(_ interpretation: Interpretation, with answers: [ClarificationAnswer]) -> Interpretation {
        guard interpretation.decision != .refused else { return interpretation }
        var result = interpretation
        for answer in answers {
            guard let open = result.clarifications.firstIndex(where: { $0.expectation == answer.expectation && $0.field == answer.field }) else { continue }
            let question = result.clarifications[open]
            var expectation = result.expectations.firstIndex { $0.id == answer.expectation }
            if expectation == nil, answer.field == "verb", answer.expectation == "e1" {
                // The text named nothing to act on: the verb alone gives an expectation that asks for the rest.
                result.expectations.insert(Expectation(id: "e1", verb: .report, object: ObjectReference(kind: .networkFunction, type: nil)), at: 0)
                expectation = 0
            }
            guard let index = expectation else { continue }
            switch self.apply(answer, to: &result.expectations[index], question) {
            case .accepted:
                result.clarifications.removeAll { $0 == question }
                let others = self.followUps(result.expectations[index], answer.field)
                for other in others where !result.clarifications.contains(where: { $0.expectation == other.expectation && $0.field == other.field }) {
                    result.clarifications.append(other)
                }
            case .also(let functions):
                result.clarifications.removeAll { $0 == question }
                for function in functions {
                    var copy = result.expectations[index]
                    copy.id = "e\(result.expectations.count + 1)"
                    copy.object = function
                    copy.targets = []
                    result.expectations.append(copy)
                }
            case .declined:
                result.expectations.remove(at: index)
                result.clarifications.removeAll { $0.expectation == answer.expectation }
            case .unusable(let reason):
                guard let open = result.clarifications.firstIndex(of: question) else { continue }
                result.clarifications[open].question = reason
            }
        }
        if result.expectations.isEmpty {
            result.decision = .refused
            result.refusal = Refusal(reason: .empty, detail: "The operator declined; nothing is left to do.")
            result.clarifications = []
        } else {
            result.decision = result.clarifications.isEmpty ? .accepted : .needsClarification
        }
        return result
    }

    private enum Outcome {
        case accepted
        /// Further objects of the same expectation.
        case also([ObjectReference])
        case declined
        case unusable(String)
    }

    private func apply(_ answer: ClarificationAnswer, to expectation: inout Expectation, _ question: Clarification) -> Outcome {
        let text = answer.value.description.trimmed
        let quoted = "'\(text.prefix(60))'"
        let parts = answer.field.split(separator: ".", maxSplits: 1).map { String($0) }
        switch parts.first ?? "" {
        case "confirm":
            guard let said = Confirmation(answer.value) else { return .unusable("\(quoted) is neither yes nor no. \(question.question.droppingReason)") }
            if said == .no { return .declined }
            if question.question.contains("Deploy it?") {
                expectation.verb = .deploy
                expectation.spans?["verb"] = nil
                expectation.targets.removeAll { [.increaseBy, .decreaseBy, .multiplyBy].contains($0.condition) }
            }
            return .accepted
        case "verb":
            if ["none", "neither", "cancel", "nothing"].contains(text.lowercased()) { return .declined }
            guard let verb = Verb(rawValue: text.lowercased()) ?? self.verb(of: text) else {
                return .unusable("\(quoted) is no verb. \(question.question.droppingReason)")
            }
            expectation.verb = verb
            expectation.spans?["verb"] = nil
            if text.lowercased() == "scale", question.options == ["scale", "remove"] {
                expectation.targets.removeAll { $0.attribute == "replicas" }
                expectation.targets.append(Target(attribute: "replicas", value: .number(0)))
            }
            return .accepted
        case "object":
            if parts.last == "name" {
                guard !text.isEmpty, text.utf8.count <= 63 else { return .unusable("\(quoted) is no name. \(question.question.droppingReason)") }
                expectation.object.name = text
                if expectation.object.type == nil, expectation.object.kind == .networkFunction { expectation.object.type = "Custom" }
                return .accepted
            }
            guard let object = self.object(of: text), !(object.kind == .networkFunction && expectation.object.kind == .networkSlice) else {
                return .unusable("\(quoted) is not known. \(question.question.droppingReason)")
            }
            expectation.object.kind = object.kind
            expectation.object.type = object.type
            expectation.object.name = expectation.object.name ?? object.name
            if let sst = object.sst, expectation.context.slice == nil { expectation.context.slice = SliceID(sst: sst) }
            return .accepted
        case "targets":
            guard parts.count == 2 else { return self.applyFreely(text, to: &expectation, question) }
            return self.applyTarget(parts[1], answer.value, to: &expectation, question)
        case "context":
            let outcome = self.applyContext(parts.last ?? "", text, to: &expectation, question)
            // The answer says it now, not the text.
            if case .accepted = outcome, let member = parts.last { expectation.spans?[member] = nil }
            return outcome
        default:
            return .unusable("This question cannot be answered here: \(question.question.droppingReason)")
        }
    }

    private func verb(of text: String) -> Verb? {
        let words = text.lowercased().split(separator: " ").joined(separator: " ")
        guard let action = self.vocabulary.lexicon.meaning(of: words)?.verb?.action else { return nil }
        switch action {
        case .deploy, .make: return .deploy
        case .scale, .autoscale, .change, .add, .multiply: return .scale
        case .configure, .set, .enable, .disable, .monitor, .lock, .unlock: return .configure
        case .optimize, .ensure: return .optimize
        case .remove: return .remove
        case .migrate: return .migrate
        case .restart: return .restart
        case .rollback: return .rollback
        case .report: return .report
        case .lift: return .remove
        case .include, .name, .stop, .schedule, .vague: return nil
        }
    }

    /// A function by code or by any of its names.
    private func object(of text: String) -> ObjectWord? {
        let words = text.lowercased().split(separator: " ").joined(separator: " ")
        if let index = self.vocabulary.lexicon.meaning(of: words)?.object, self.vocabulary.objects[index].type != nil { return self.vocabulary.objects[index] }
        return self.vocabulary.objects.first { $0.type?.lowercased() == words && !$0.isClass }
    }

    private func applyTarget(_ attribute: String, _ value: TargetValue, to expectation: inout Expectation, _ question: Clarification) -> Outcome {
        guard let word = self.vocabulary.attribute(attribute) else { return .unusable("\(attribute) is no attribute.") }
        var target = Target(attribute: attribute, value: value, unit: Attribute.unit(of: attribute))
        if question.options == ["up", "down"], let text = value.text?.lowercased() {
            guard text == "up" || text == "down" else { return .unusable("'\(text)' is neither up nor down. \(question.question.droppingReason)") }
            return .unusable("Say the number wanted instead: how many should it be in the end?")
        }
        if case .text(let text) = value {
            guard word.dimension != .text else {
                target.value = .text(text)
                return self.put(target, into: &expectation, question)
            }
            // The answer is read like a sentence of its own: "five", "about 8 GiB", "at most 10".
            let sentence = self.interpret(
                InterpretationRequest(intent: "scale amf with \(attribute == "replicas" && Double(text) != nil ? text + " replicas" : text)"))
            let plain = self.interpret(InterpretationRequest(intent: "scale amf to \(text)"))
            let readings = (sentence.expectations.first?.targets ?? []) + (plain.expectations.first?.targets ?? [])
            if let read = readings.first(where: { $0.attribute == attribute && [.equals, .atLeast, .atMost].contains($0.condition) })
                ?? readings.first(where: { $0.attribute == "replicas" && word.dimension == .count && word.attribute != "replicas" })
            {
                target.value = read.value
                target.condition = read.attribute == attribute ? read.condition : word.better
            } else if let number = Double(text) {
                target.value = .number(number)
            } else {
                return .unusable(
                    "'\(text.prefix(60))' is no number\(Attribute.unit(of: attribute).map { " of " + $0 } ?? ""). \(question.question.droppingReason)")
            }
        }
        return self.put(target, into: &expectation, question)
    }

    private func put(_ target: Target, into expectation: inout Expectation, _ question: Clarification) -> Outcome {
        var probe = expectation
        probe.targets = [target]
        let field = "targets.\(target.attribute)"
        if let problem = Completeness(vocabulary: self.vocabulary).questions(about: probe).first(where: {
            $0.field == field && $0.question != question.question || $0.field == field && target.value.number.map { _ in true } ?? false
        }) {
            return .unusable(problem.question)
        }
        expectation.targets.removeAll { $0.attribute == target.attribute }
        expectation.targets.append(target)
        return .accepted
    }

    /// An answer to "What should be changed?": read as the rest of the sentence.
    private func applyFreely(_ text: String, to expectation: inout Expectation, _ question: Clarification) -> Outcome {
        let read = self.interpret(InterpretationRequest(intent: "configure amf with \(text)"))
        guard read.decision == .accepted, let found = read.expectations.first, !found.targets.isEmpty || found.context != Context() else {
            return .unusable("'\(text.prefix(60))' could not be read as something to change. \(question.question.droppingReason)")
        }
        for target in found.targets {
            expectation.targets.removeAll { $0.attribute == target.attribute }
            var plain = target
            plain.span = nil
            expectation.targets.append(plain)
        }
        expectation.context.merge(found.context)
        return .accepted
    }

    private func applyContext(_ member: String, _ text: String, to expectation: inout Expectation, _ question: Clarification) -> Outcome {
        guard !text.isEmpty, text.utf8.count <= 128 else { return .unusable("An answer is needed. \(question.question.droppingReason)") }
        switch member {
        case "namespace": expectation.context.namespace = text.lowercased()
        case "cluster": expectation.context.cluster = text
        case "region": expectation.context.region = text
        case "site": expectation.context.site = text
        case "zone": expectation.context.zone = text
        case "from": expectation.context.from = text
        case "environment":
            guard ["production", "staging", "test", "dev"].contains(text.lowercased()) else {
                return .unusable("'\(text.prefix(60))' is no environment: give production, staging, test or dev.")
            }
            expectation.context.environment = text.lowercased()
        case "window": expectation.context.window = TimeWindow(start: text)
        case "depends":
            let verb = self.verb(of: text)
            if verb == .deploy || text.lowercased().hasPrefix("deploy") || text.lowercased() == "both" || text.lowercased() == "yes" {
                let names = expectation.context.depends ?? []
                let objects = names.compactMap { name in self.object(of: name).map { ObjectReference(kind: $0.kind, type: $0.type, evidence: name) } }
                expectation.context.depends = nil
                return .also(objects)
            }
        case "slice":
            let digits = text.split(separator: "-").map { String($0) }
            if let object = self.object(of: text), let sst = object.sst {
                expectation.context.slice = SliceID(sst: sst)
            } else if let sst = digits.first.flatMap({ Int($0) }), (0...255).contains(sst),
                digits.count < 2 || digits[1].count == 6 && digits[1].allSatisfy(\.isHexDigit)
            {
                expectation.context.slice = SliceID(sst: sst, sd: digits.count > 1 ? digits[1].lowercased() : nil)
            } else {
                return .unusable("'\(text.prefix(60))' is no slice: give eMBB, URLLC, mMTC, V2X or an S-NSSAI such as 1-010203.")
            }
        default: return .unusable("This question cannot be answered here: \(question.question.droppingReason)")
        }
        return .accepted
    }

    /// What an answer leaves open: a verb may need a number, a type may need a place.
    private func followUps(_ expectation: Expectation, _ field: String) -> [Clarification] {
        Completeness(vocabulary: self.vocabulary).questions(about: expectation).filter { $0.field != field }
    }
}

extension String {
    package var trimmed: String {
        let inner = self.drop { $0.isWhitespace }
        return String(inner.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// The question without the remarks put before it when an answer could not be used.
    var droppingReason: String {
        guard let end = self.lastIndex(of: "?") else { return self }
        let head = self[..<end]
        guard let stop = head.range(ofSentenceEnd: ()) else { return self }
        return String(self[stop...]).trimmed
    }
}

extension Substring {
    /// The index after the last ". " of the text.
    fileprivate func range(ofSentenceEnd: Void) -> Substring.Index? {
        var previousIsStop = false
        var found: Substring.Index?
        for index in self.indices {
            if previousIsStop, self[index] == " " { found = self.index(after: index) }
            previousIsStop = self[index] == "."
        }
        return found
    }
}
