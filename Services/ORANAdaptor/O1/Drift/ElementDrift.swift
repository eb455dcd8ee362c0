import IntentModel
import Logging
import Metrics

/// Whether an element still has what intents configured there. What it has otherwise is told: it degrades the intent until it is as the intent wants it
/// again, or nobody's. It is put back only where the operator has said so, since whoever changed it at the element may have had a reason.
struct ElementDrift: Sendable {
    /// Object of an intent, and how it is compared.
    typealias Wanted = (object: DesiredObject, edit: any ConfigurationEdit)

    let configuration: ElementConfiguration
    let desired: DesiredObjects
    let deviations: DeviationBoard
    let fulfilment: ElementFulfilment
    /// Puts back what is otherwise.
    let restores: Bool
    let instance: String
    /// How long this instance is the one that compares an element, from the last time on.
    let claim: Duration
    /// Whether this installation acts; one that stands by only looks.
    let acts: @Sendable () -> Bool
    let logger: Logger

    // MARK: Comparing

    /// What is to be compared at an element by this instance; nil when another one does, or none now.
    func wanted(of client: ElementClient) async throws -> [Wanted]? {
        let element = client.element.name
        guard self.acts(), try await self.desired.claims(element, as: self.instance, for: self.claim) else { return nil }
        do throws(O1Error) { try client.checkNothingIsPending() } catch { return nil }
        return try await self.desired.objects(of: element).compactMap { object in object.edit(self.configuration.classes).map { (object, $0) } }
    }

    /// Takes down what was seen of what is wanted.
    ///
    /// - Parameter differences: of each; nil where it is as it is wanted.
    func heed(_ differences: [Difference?], from wanted: [Wanted], at client: ElementClient) async throws {
        let element = client.element.name
        let known = try await self.deviations.all(of: element)
        for (difference, wanted) in zip(differences, wanted) {
            let key = wanted.object.key
            // An intent may have changed it since it was read; then what was seen says nothing.
            guard try await self.desired.object(key, at: element) == .desired(wanted.object) else { continue }
            guard let difference else {
                if let deviation = known[key] { try await self.end(deviation, of: key, at: element, "\(element) has \(Self.label(key)) as it is to be") }
                continue
            }
            // Somebody else's deviation from another wish is over.
            if let last = known[key], last.intent != wanted.object.origin {
                try await self.end(last, of: key, at: element, "\(Self.label(key)) of \(element) is another intent's")
            }
            var refusal: String?
            switch self.restores ? try await self.restore(wanted, at: client) : .notTried {
            case .notTried: break
            case .superseded: continue
            case .refused(let reason): refusal = reason
            case .restored:
                if let last = known[key] { try await self.end(last, of: key, at: element, "\(Self.label(key)) of \(element) was put back") }
                continue
            }
            try await self.tell(difference, from: wanted.object, after: known[key], refusal: refusal, at: element)
        }
        let keys = Set(wanted.map(\.object.key))
        for (key, deviation) in known where !keys.contains(key) {
            guard try await self.desired.object(key, at: element) == .absent else { continue }
            try await self.end(deviation, of: key, at: element, "\(Self.label(key)) of \(element) is not the intent's any more")
        }
    }

    private func tell(_ difference: Difference, from object: DesiredObject, after last: Deviation?, refusal: String?, at element: String) async throws {
        let isSame = last.map { $0.intent == object.origin } ?? false
        let deviation = Deviation(
            managedClass: object.key.managedClass, object: object.key.id, difference: difference, intent: object.origin,
            since: isSame ? last?.since ?? "" : Timestamp.text(Timestamp.now()), refusal: refusal)
        let isKnown = last.map { deviation.says(the: $0) } ?? false
        // Noted first: an alarm that ends in between must not make the intent well.
        if !isKnown { try await self.deviations.note(deviation, of: object.key, at: element) }
        if !isSame {
            Counter(label: "oran_deviations_total", dimensions: [("element", element)]).increment()
            self.logger.notice(
                "an element does not have what an intent configured",
                metadata: ["element": "\(element)", "object": "\(Self.label(object.key))", "difference": "\(difference.words)", "intent": "\(object.origin)"])
        }
        let why = refusal.map { "; it could not be put back: \($0)" } ?? ""
        try await self.fulfilment.degrade(object.origin, "\(Self.label(object.key)) of \(element): \(difference.words)\(why)", isKnown: isKnown)
    }

    private func end(_ deviation: Deviation, of key: DesiredObject.Key, at element: String, _ reason: String) async throws {
        try await self.fulfilment.recover(deviation.intent, reason, besides: (element, key))
        try await self.deviations.forget(key, at: element)
        // Another trouble of the intent may have ended at the same moment; then either saw the other one in the way.
        try await self.fulfilment.recover(deviation.intent, reason, besides: (element, key))
    }

    private static func label(_ key: DesiredObject.Key) -> String {
        key.managedClass == RRMPolicyRatio.className ? "\(key.managedClass)=\(key.id)" : key.id
    }

    // MARK: Putting back

    private enum Restoration {
        case notTried
        case restored
        /// Somebody is changing it.
        case superseded
        case refused(String)
    }

    /// Nobody begins a change of the element for an intent while this is under way, and it does not begin while somebody changes it.
    private func restore(_ wanted: Wanted, at client: ElementClient) async throws -> Restoration {
        let element = client.element.name
        try await self.desired.beginRestoring(element, for: client.upstream.configuration.timeout * 2)
        let result: Restoration
        if try await self.desired.object(wanted.object.key, at: element) == .desired(wanted.object) {
            do throws(O1Error) {
                let isChanged = try await wanted.edit.make(in: self.configuration, on: client)
                if isChanged {
                    Counter(label: "oran_objects_restored_total", dimensions: [("element", element)]).increment()
                    self.logger.notice("an object was put back", metadata: ["element": "\(element)", "object": "\(Self.label(wanted.object.key))"])
                }
                result = .restored
            } catch {
                result = .refused(String(error.description.prefix(300)))
            }
        } else {
            result = .superseded
        }
        try await self.desired.endRestoring(element)
        return result
    }
}
