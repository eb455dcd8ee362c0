import IntentLanguage
import IntentModel
import JSONSchema

/// The usual request, the usual completion and the usual answer, each read in one pass. Nil is no judgement: the plain way decides. Whatever is
/// returned is what the plain way would have made of the same bytes; `QuickReadingTests` proves it over mutated messages.
enum QuickReading {
    /// `{"intent": …}` and what else a request may say.
    static func request(_ bytes: some Sequence<UInt8>) -> InterpretationRequest? {
        JSONCursor.read(bytes) { cursor in
            var intent: String?
            var rest = InterpretationRequest(intent: "")
            let isUsual = cursor.members { cursor, name in
                guard let text = cursor.string() else { return false }
                switch name {
                case "intent": intent = text
                case "namespace": rest.namespace = text
                case "cluster": rest.cluster = text
                case "tenant": rest.tenant = text
                case "priority":
                    guard let priority = Priority(rawValue: text) else { return false }
                    rest.priority = priority
                default: break
                }
                return true
            }
            guard isUsual, let intent else { return nil }
            rest.intent = intent
            return rest
        }
    }

    /// One choice that came to its end, with a text, and what it cost.
    static func completion(_ bytes: [UInt8]) -> (usage: ModelUsage, content: [UInt8])? {
        JSONCursor.read(bytes) { cursor in
            var usage: ModelUsage?
            var content: [UInt8]?
            let isUsual = cursor.members { cursor, name in
                switch name {
                case "choices":
                    var count = 0
                    return cursor.elements { cursor in
                        count += 1
                        return count == 1
                            && cursor.members { cursor, name in
                                switch name {
                                case "finish_reason": return cursor.string().map { $0 != "length" } ?? false
                                case "message":
                                    return cursor.members { cursor, name in
                                        guard case "content" = name else { return cursor.skip() }
                                        content = cursor.stringBytes()
                                        return content?.isEmpty == false
                                    }
                                default: return cursor.skip()
                                }
                            }
                    }
                case "usage":
                    var prompt: Int?, completion: Int?
                    let isUsual = cursor.members { cursor, name in
                        switch name {
                        case "prompt_tokens":
                            prompt = cursor.number().flatMap { Int(exactly: $0) }
                            return prompt ?? -1 >= 0
                        case "completion_tokens":
                            completion = cursor.number().flatMap { Int(exactly: $0) }
                            return completion ?? -1 >= 0
                        default: return cursor.skip()
                        }
                    }
                    if let prompt { usage = ModelUsage(promptTokens: prompt, completionTokens: completion ?? 0) }
                    return isUsual
                default: return cursor.skip()
                }
            }
            guard isUsual, let usage, let content else { return nil }
            return (usage, content)
        }
    }

    // MARK: The answer

    /// Of the schema that ``answer(_:)`` checks by its code; a prompt with another goes the plain way.
    static let schemaDigest: UInt64 = 0x5305_6897_caca_2c5a

    static func digest(of schema: JSONSchema) -> UInt64 { schema.source.bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } }

    /// An accepted reading with nothing asked.
    static func answer(_ bytes: [UInt8]) -> ModelAnswer? {
        JSONCursor.read(bytes) { cursor in
            var isAccepted = false
            var expectations: [Expectation] = []
            let isUsual = cursor.members { cursor, name in
                switch name {
                case "decision":
                    isAccepted = cursor.string() == Decision.accepted.rawValue
                    return isAccepted
                case "refusalReason", "refusalEvidence": return cursor.null()
                case "clarifications": return cursor.elements { _ in false }
                case "expectations":
                    return cursor.elements { cursor in
                        guard expectations.count < 16, let next = Self.expectation(&cursor, id: "e\(expectations.count + 1)") else { return false }
                        expectations.append(next)
                        return true
                    }
                default: return false
                }
            }
            guard isUsual, isAccepted, !expectations.isEmpty else { return nil }
            return ModelAnswer(decision: .accepted, expectations: expectations)
        }
    }

    private static func expectation(_ cursor: inout JSONCursor, id: String) -> Expectation? {
        var verb: Verb?, kind: ObjectKind?
        var type: String?, name: String?, evidence: String?
        var targets: [Target] = []
        var context = Context()
        let isUsual = cursor.members { cursor, member in
            switch member {
            case "verb":
                verb = cursor.string().flatMap(Verb.init)
                return verb != nil
            case "kind":
                kind = cursor.string().flatMap(ObjectKind.init)
                return kind != nil
            case "type": return Self.text(&cursor, 64, &type)
            case "name": return Self.text(&cursor, 128, &name)
            case "evidence": return Self.text(&cursor, 512, &evidence)
            case "targets":
                return cursor.elements { cursor in
                    guard targets.count < 32, let target = Self.target(&cursor) else { return false }
                    targets.append(target)
                    return true
                }
            case "context": return cursor.null() || Self.context(&cursor, &context)
            default: return false
            }
        }
        guard isUsual, let verb, let kind else { return nil }
        return Expectation(
            id: id, verb: verb, object: ObjectReference(kind: kind, type: type, name: name, evidence: evidence), targets: targets, context: context)
    }

    private static func target(_ cursor: inout JSONCursor) -> Target? {
        var attribute: String?, evidence: String?, unit: String?
        var condition: Condition?
        var value: TargetValue?
        let isUsual = cursor.members { cursor, name in
            switch name {
            case "attribute":
                attribute = cursor.string()
                return attribute.map { Attribute.table[$0] != nil } ?? false
            case "condition":
                condition = cursor.string().flatMap(Condition.init)
                return condition != nil
            case "value":
                value = Self.value(&cursor)
                return value != nil
            case "unit": return Self.text(&cursor, 128, &unit)
            case "evidence": return Self.text(&cursor, 512, &evidence)
            default: return false
            }
        }
        guard isUsual, let attribute, let condition, let value else { return nil }
        return Target(attribute: attribute, condition: condition, value: value, unit: Attribute.unit(of: attribute), evidence: evidence)
    }

    private static func value(_ cursor: inout JSONCursor) -> TargetValue? {
        switch cursor.first {
        case UInt8(ascii: "\""):
            var text: String?
            return Self.text(&cursor, 128, &text) ? text.map(TargetValue.text) : nil
        case UInt8(ascii: "["):
            var ends: [Double] = []
            let isUsual = cursor.elements { cursor in
                guard ends.count < 2, let end = cursor.number() else { return false }
                ends.append(end)
                return true
            }
            return isUsual && ends.count == 2 ? .range(ends[0], ends[1]) : nil
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return cursor.boolean().map(TargetValue.boolean)
        default: return cursor.number().map(TargetValue.number)
        }
    }

    private static func context(_ cursor: inout JSONCursor, _ context: inout Context) -> Bool {
        cursor.members { cursor, name in
            switch name {
            case "namespace": Self.text(&cursor, 128, &context.namespace)
            case "cluster": Self.text(&cursor, 128, &context.cluster)
            case "region": Self.text(&cursor, 128, &context.region)
            case "site": Self.text(&cursor, 128, &context.site)
            case "zone": Self.text(&cursor, 128, &context.zone)
            case "environment": Self.text(&cursor, 128, &context.environment)
            case "plmn": Self.text(&cursor, 128, &context.plmn)
            case "cell": Self.text(&cursor, 128, &context.cell)
            case "gnb": Self.text(&cursor, 128, &context.gnb)
            case "ue": Self.text(&cursor, 128, &context.ue)
            case "from": Self.text(&cursor, 128, &context.from)
            case "slice": cursor.null()
            default: false
            }
        }
    }

    /// Null, or a text of at most so many bytes, which are no fewer than characters; an empty one says nothing.
    private static func text(_ cursor: inout JSONCursor, _ limit: Int, _ text: inout String?) -> Bool {
        if cursor.null() { return true }
        guard let said = cursor.string(), said.utf8.count <= limit else { return false }
        text = said.isEmpty ? nil : said
        return true
    }
}
