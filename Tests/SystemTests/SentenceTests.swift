import IntentModel
import Testing

extension RealProcesses {
    /// The main job: what operators write becomes published packages, questions, answers and refusals.
    @Suite("sentences", .installed) struct SentenceTests {
        let installation: Installation

        init() throws { self.installation = try #require(Installation.current) }

        private var gateway: Gateway { self.installation.gateway }
        private var repository: PublishedRepository { self.installation.repository }

        @Test("every sentence of the journey comes to what a person expects")
        func journey() async throws {
            let sentences = try Sentence.all()
            try #require(sentences.count >= 60)
            var head = try await self.repository.head()
            for sentence in sentences {
                let record: IntentRecord
                do {
                    record = try await self.gateway.submit(sentence.text)
                } catch {
                    Issue.record(error, "\(sentence.text)")
                    continue
                }
                self.expectUnderstood(record, sentence)
                let newHead = try await self.repository.head()
                if record.phase == .published, sentence.noop != true {
                    #expect(newHead != head, "published without a commit: \(sentence.text)")
                    try await self.expectPublished(record, sentence)
                } else {
                    #expect(newHead == head, "changed the network: \(sentence.text)")
                }
                head = newHead
            }
        }

        /// Phase, words and reasons.
        private func expectUnderstood(_ record: IntentRecord, _ sentence: Sentence) {
            let what = "\(sentence.text) — \(record.problem?.detail ?? record.clarifications?.first?.question ?? record.history.last?.detail ?? "")"
            #expect(record.phase == sentence.outcome, "\(what)")
            let expectations = record.interpretation?.expectations ?? []
            if let verbs = sentence.verbs { #expect(expectations.map(\.verb) == verbs, "\(what)") }
            if let functions = sentence.functions { #expect(expectations.compactMap(\.function) == functions, "\(what)") }
            if let namespace = sentence.namespace { #expect(Set(expectations.compactMap(\.context.namespace)) == [namespace], "\(what)") }
            if let code = sentence.code { #expect(record.problem?.code == code, "\(what)") }
            switch record.phase {
            case .awaitingClarification: #expect(record.clarifications?.isEmpty == false, "\(what)")
            case .awaitingApproval: #expect(record.plan?.approvalReasons.isEmpty == false, "\(what)")
            case .refused: #expect(record.problem?.detail.isEmpty == false, "\(what)")
            case .fulfilled: #expect(record.answer?.text.isEmpty == false, "\(what)")
            case .published:
                #expect(record.verification?.state == (sentence.noop == true ? .notNeeded : .notObserved), "\(what)")
                #expect(record.packages.isEmpty == (sentence.noop == true), "\(what)")
            default: break
            }
            if record.phase.awaitsPerson, let replicas = sentence.replicas {
                #expect(expectations.allSatisfy { $0.targets.contains { $0.attribute == "replicas" && $0.value == .number(Double(replicas)) } }, "\(what)")
            }
        }

        /// What git has of it: one commit per package, and the figures that were asked for.
        private func expectPublished(_ record: IntentRecord, _ sentence: Sentence) async throws {
            let revisions = try await self.repository.revisions().filter { $0.intent == "\(record.id)" }.map(\.path)
            #expect(Set(revisions) == Set(record.packages.map(\.path)), "\(sentence.text)")
            #expect(revisions.count == record.packages.count, "\(sentence.text)")
            for package in record.packages {
                if let namespace = sentence.namespace { #expect(package.path.hasPrefix("default/\(namespace)/"), "\(sentence.text)") }
                #expect(
                    try await self.repository.git("rev-parse", "refs/tags/\(package.path)/\(package.revision)").hasPrefix(package.commit), "\(sentence.text)")
                if let replicas = sentence.replicas { #expect(try await self.repository.replicas(of: package.path) == replicas, "\(sentence.text)") }
            }
        }

        @Test("an approved removal takes the package out of git, and only then")
        func approvedRemoval() async throws {
            let path = "default/site-approve/amf"
            #expect(try await self.gateway.submit("Deploy an AMF in namespace site-approve").phase == .published)
            let removal = try await self.gateway.submit("Remove the AMF from namespace site-approve")
            #expect(removal.phase == .awaitingApproval)
            #expect(try await self.repository.packages().contains(path))
            let approved = try await self.gateway.decide("approve", removal.id, json: #"{"reason": "no longer needed"}"#)
            #expect(approved.approval?.reason == "no longer needed")
            #expect(try await self.gateway.settled(removal.id).phase == .published)
            #expect(try await self.repository.packages().contains(path) == false)
        }

        @Test("a rejected removal changes nothing")
        func rejectedRemoval() async throws {
            #expect(try await self.gateway.submit("Deploy an SMF in namespace site-reject").phase == .published)
            let head = try await self.repository.head()
            let removal = try await self.gateway.submit("Remove the SMF from namespace site-reject")
            #expect(removal.phase == .awaitingApproval)
            #expect(try await self.gateway.decide("reject", removal.id).phase == .cancelled)
            #expect(try await self.repository.head() == head)
        }

        @Test("a question about the words is answered with a figure, and the intent goes on with it")
        func answeredFigure() async throws {
            #expect(try await self.gateway.submit("Deploy a UPF in namespace site-answer").phase == .published)
            let asked = try await self.gateway.submit("Scale the UPF in namespace site-answer")
            let question = try #require(asked.clarifications?.first, "\(asked.phase)")
            let answer = #"{"answers": [{"expectation": "\#(question.expectation)", "field": "\#(question.field)", "value": 3}]}"#
            _ = try await self.gateway.decide("clarify", asked.id, json: answer)
            let record = try await self.gateway.settled(asked.id)
            #expect(record.phase == .published, "\(record.problem?.detail ?? record.clarifications?.first?.question ?? "")")
            #expect(try await self.repository.replicas(of: "default/site-answer/upf") == 3)
        }

        @Test("a change to what does not exist asks, and a yes deploys it")
        func confirmed() async throws {
            let asked = try await self.gateway.submit("Scale the NRF in namespace site-confirm to 2 replicas")
            let question = try #require(asked.clarifications?.first, "\(asked.phase)")
            #expect(question.field == "confirm")
            let answer = #"{"answers": [{"expectation": "\#(question.expectation)", "field": "confirm", "value": "yes"}]}"#
            _ = try await self.gateway.decide("clarify", asked.id, json: answer)
            let record = try await self.gateway.settled(asked.id)
            #expect(record.phase == .published, "\(record.problem?.detail ?? record.clarifications?.first?.question ?? "")")
            #expect(try await self.repository.replicas(of: "default/site-confirm/nrf") == 2)
        }

        @Test("an approval that the caller asks for is waited for")
        func requiredApproval() async throws {
            let record = try await self.gateway.submit("Deploy an AUSF in namespace site-required", approval: "required")
            #expect(record.phase == .awaitingApproval)
            _ = try await self.gateway.decide("approve", record.id)
            #expect(try await self.gateway.settled(record.id).phase == .published)
        }
    }
}

extension IntentModel.Expectation {
    /// The code of a network function or another thing that is deployed; nil for slices, policies and the like.
    fileprivate var function: String? {
        switch self.object.kind {
        case .networkFunction, .e2Node, .application, .infrastructure: self.object.type
        default: nil
        }
    }
}
