import IntentLanguage
import IntentModel
import NIOCore
import ServiceRuntime

/// The usual `POST /v1/interpret` past the caches: nothing has to be waited for but the model, and that without a task. The same steps as
/// ``IntentReading/answer(_:skippingCache:progress:)`` takes; `QuickInterpretationTests` compares the answers.
struct QuickInterpretation: QuickRoute {
    /// A longer sentence takes the other connections' time.
    private static let maxIntentBytes = 512

    let reading: IntentReading

    var path: String { "/v1/interpret" }
    var maxBodyBytes: Int { 4_096 }

    func begin(_ body: ByteBuffer, _ answer: @escaping @Sendable ([UInt8]?) -> Void) -> Bool {
        guard let model = self.reading.model, model.budget == nil, let request = QuickReading.request(body.readableBytesView),
            request.intent.utf8.count <= Self.maxIntentBytes, request.placeFaults.isEmpty, case .known(let version) = model.knowledge?.knownVersion(),
            let passages = model.knowledge?.knownPassages(for: request.intent, version: version)
        else { return false }
        let embedded = self.reading.embedded.interpret(request)
        // What is refused reaches nobody else.
        guard embedded.decision != .refused else { return false }
        let rate = self.reading.rate
        return model.interpreter.begin(request, embedded: embedded, passages: passages) { interpretation in
            guard let interpretation else { return answer(nil) }
            rate.record()
            answer(interpretation.json)
        }
    }
}
