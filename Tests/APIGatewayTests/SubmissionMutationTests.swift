import IntentModel
import TestSupport
import Testing

@testable import APIGateway

@Suite struct SubmissionMutationTests {
    @Test("whatever is posted, it is an intent within its limits or a problem that says why not")
    func submissions() throws {
        let seeds = [
            #"{"intent": "Deploy a high-availability AMF with auto-scaling in core5g", "priority": "high", "labels": {"team": "core"}}"#,
            #"{"intent": "x", "namespace": "core5g", "cluster": "edge-1", "approval": "required", "supersedes": "018f4e2a-7c11-7003-9c1e-0242ac120002"}"#,
        ].map { Array($0.utf8) }
        try Mutations("submission", seeds: seeds).run(rounds: 2_000) { bytes throws in
            do {
                let submission = try IntentSubmission(json: bytes)
                try #require((1...IntentSubmission.maxCharacters).contains(submission.intent.unicodeScalars.count))
                for name in [submission.namespace, submission.cluster].compactMap(\.self) { try #require(name.isDNSLabel) }
            } catch let problem as Problem {
                try #require(problem.status == 400 && !problem.detail.isEmpty)
            }
        }
    }
}
