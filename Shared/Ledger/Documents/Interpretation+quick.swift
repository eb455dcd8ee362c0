package import IntentModel
package import JSONSchema

extension Interpretation: QuickDocument {
    package static func read(_ cursor: inout JSONCursor) -> Interpretation? {
        var (schema, language): (String?, String?)
        var decision: Decision?
        var priority: Priority?
        var expectations: [Expectation]?
        var clarifications: [Clarification]?
        var refusal: Refusal?
        var provenance: Provenance?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "schema": cursor.read(&schema)
            case "decision": cursor.read(&decision)
            case "language": cursor.read(&language)
            case "priority": cursor.read(&priority)
            case "expectations": cursor.read(&expectations, Expectation.read)
            case "clarifications": cursor.read(&clarifications, Clarification.read)
            case "refusal": cursor.read(&refusal, Refusal.read)
            case "provenance": cursor.read(&provenance, Provenance.read)
            default: cursor.skip()
            }
        }
        guard isWhole, let schema, let decision, let language, let priority, let expectations, let clarifications, let provenance else { return nil }
        var interpretation = Interpretation(
            decision: decision, language: language, priority: priority, expectations: expectations, clarifications: clarifications, refusal: refusal,
            provenance: provenance)
        interpretation.schema = schema
        return interpretation
    }
}

extension Expectation {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Expectation? {
        var id: String?
        var verb: Verb?
        var object: ObjectReference?
        var targets: [Target]?
        var context: Context?
        var spans: [String: Span]?
        var confidence: Double?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "id": cursor.read(&id)
            case "verb": cursor.read(&verb)
            case "object": cursor.read(&object, ObjectReference.read)
            case "targets": cursor.read(&targets, Target.read)
            case "context": cursor.read(&context, Context.read)
            case "spans": cursor.read(&spans, Self.spans)
            case "confidence": cursor.read(&confidence)
            default: cursor.skip()
            }
        }
        guard isWhole, let id, let verb, let object, let targets, let context, let confidence else { return nil }
        return Expectation(id: id, verb: verb, object: object, targets: targets, context: context, spans: spans, confidence: confidence)
    }

    private static func spans(_ cursor: inout JSONCursor) -> [String: Span]? {
        var spans: [String: Span] = [:]
        let isWhole = cursor.members { cursor, name in
            guard let span = Span.read(&cursor) else { return false }
            spans[name.text] = span
            return true
        }
        return isWhole ? spans : nil
    }
}

extension Span {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Span? {
        var (start, end): (Int?, Int?)
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "start": cursor.read(&start)
            case "end": cursor.read(&end)
            default: cursor.skip()
            }
        }
        guard isWhole, let start, let end else { return nil }
        return Span(start: start, end: end)
    }
}

extension ObjectReference {
    fileprivate static func read(_ cursor: inout JSONCursor) -> ObjectReference? {
        var kind: ObjectKind?
        var (type, name, evidence): (String?, String?, String?)
        var span: Span?
        let isWhole = cursor.members { cursor, member in
            switch member {
            case "kind": cursor.read(&kind)
            case "type": cursor.read(&type)
            case "name": cursor.read(&name)
            case "evidence": cursor.read(&evidence)
            case "span": cursor.read(&span, Span.read)
            default: cursor.skip()
            }
        }
        guard isWhole, let kind else { return nil }
        return ObjectReference(kind: kind, type: type, name: name, evidence: evidence, span: span)
    }
}

extension Target {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Target? {
        var (attribute, unit, evidence): (String?, String?, String?)
        var condition: Condition?
        var value: TargetValue?
        var span: Span?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "attribute": cursor.read(&attribute)
            case "condition": cursor.read(&condition)
            case "value": cursor.read(&value, TargetValue.read)
            case "unit": cursor.read(&unit)
            case "evidence": cursor.read(&evidence)
            case "span": cursor.read(&span, Span.read)
            default: cursor.skip()
            }
        }
        guard isWhole, let attribute, let condition, let value else { return nil }
        return Target(attribute: attribute, condition: condition, value: value, unit: unit, evidence: evidence, span: span)
    }
}

extension TargetValue {
    fileprivate static func read(_ cursor: inout JSONCursor) -> TargetValue? {
        switch cursor.first {
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return cursor.boolean().map { .boolean($0) }
        case UInt8(ascii: "\""): return cursor.string().map { .text($0) }
        case UInt8(ascii: "["):
            var bounds: [Double]?
            guard cursor.read(&bounds, { $0.number() }), let bounds, bounds.count == 2 else { return nil }
            return .range(bounds[0], bounds[1])
        default: return cursor.number().map { .number($0) }
        }
    }
}

extension Context {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Context? {
        var context = Context()
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "namespace": cursor.read(&context.namespace)
            case "cluster": cursor.read(&context.cluster)
            case "region": cursor.read(&context.region)
            case "site": cursor.read(&context.site)
            case "zone": cursor.read(&context.zone)
            case "environment": cursor.read(&context.environment)
            case "slice": cursor.read(&context.slice, SliceID.read)
            case "plmn": cursor.read(&context.plmn)
            case "dnn": cursor.read(&context.dnn)
            case "tac": cursor.read(&context.tac)
            case "cell": cursor.read(&context.cell)
            case "gnb": cursor.read(&context.gnb)
            case "ue": cursor.read(&context.ue)
            case "tenant": cursor.read(&context.tenant)
            case "use": cursor.read(&context.use)
            case "qualities": cursor.read(&context.qualities)
            case "depends": cursor.read(&context.depends)
            case "window": cursor.read(&context.window, TimeWindow.read)
            case "urgency": cursor.read(&context.urgency)
            case "from": cursor.read(&context.from)
            default: cursor.skip()
            }
        }
        return isWhole ? context : nil
    }
}

extension SliceID {
    fileprivate static func read(_ cursor: inout JSONCursor) -> SliceID? {
        var sst: Int?
        var sd: String?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "sst": cursor.read(&sst)
            case "sd": cursor.read(&sd)
            default: cursor.skip()
            }
        }
        guard isWhole, let sst else { return nil }
        return SliceID(sst: sst, sd: sd)
    }
}

extension TimeWindow {
    fileprivate static func read(_ cursor: inout JSONCursor) -> TimeWindow? {
        var window = TimeWindow()
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "start": cursor.read(&window.start)
            case "end": cursor.read(&window.end)
            case "recurrence": cursor.read(&window.recurrence)
            default: cursor.skip()
            }
        }
        return isWhole ? window : nil
    }
}

extension Clarification {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Clarification? {
        var (expectation, field, question): (String?, String?, String?)
        var options: [String]?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "expectation": cursor.read(&expectation)
            case "field": cursor.read(&field)
            case "question": cursor.read(&question)
            case "options": cursor.read(&options)
            default: cursor.skip()
            }
        }
        guard isWhole, let expectation, let field, let question, let options else { return nil }
        return Clarification(expectation: expectation, field: field, question: question, options: options)
    }
}

extension Refusal {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Refusal? {
        var reason: Reason?
        var detail: String?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "reason": cursor.read(&reason)
            case "detail": cursor.read(&detail)
            default: cursor.skip()
            }
        }
        guard isWhole, let reason, let detail else { return nil }
        return Refusal(reason: reason, detail: detail)
    }
}

extension Provenance {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Provenance? {
        var (interpreter, model, promptVersion): (String?, String?, String?)
        var (passages, notes): ([String]?, [String]?)
        var tokens: Int?
        var cost: Double?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "interpreter": cursor.read(&interpreter)
            case "model": cursor.read(&model)
            case "promptVersion": cursor.read(&promptVersion)
            case "passages": cursor.read(&passages)
            case "tokens": cursor.read(&tokens)
            case "costUSD": cursor.read(&cost)
            case "notes": cursor.read(&notes)
            default: cursor.skip()
            }
        }
        guard isWhole, let interpreter, let promptVersion, let passages, let cost else { return nil }
        return Provenance(
            interpreter: interpreter, model: model, promptVersion: promptVersion, passages: passages, tokens: tokens, costUSD: cost, notes: notes)
    }
}
