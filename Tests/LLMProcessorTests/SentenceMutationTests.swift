import IntentLanguage
import IntentModel
import TestSupport
import Testing

@testable import LLMProcessor

@Suite(.timeLimit(.minutes(15))) struct SentenceMutationTests {
    @Test("whatever is written, the interpreter comes back, and what it would act on is bounded by what was written")
    func sentences() throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let seeds = [
            "Deploy a high-availability AMF with auto-scaling in core5g", "Scale the UPF to 3 replicas and set 2 CPU, 4Gi for the SMF in namespace edge-1",
            "Setze die UPF auf fünf Replikate", "Give slice 1-000001 60 % of the resource blocks in cell 17 between 22:00 and 06:00",
        ].map { Array($0.utf8) }
        try Mutations("interpreter", seeds: seeds).run(rounds: 1_500) { bytes throws in
            let text = String(decoding: bytes, as: UTF8.self)
            let read = interpreter.interpret(InterpretationRequest(intent: text))
            try #require(read.expectations.count <= max(1, text.utf8.count), "\(text)")
        }
    }
}
