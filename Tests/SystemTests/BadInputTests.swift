import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// Whatever is sent: a specific problem, nothing stored, nothing crashed.
    @Suite("bad input", .installed) struct BadInputTests {
        let installation: Installation

        init() throws { self.installation = try #require(Installation.current) }

        private var gateway: Gateway { self.installation.gateway }

        @Test("a bad body is refused", arguments: BadInput.bodies)
        func bodies(_ input: BadInput) async throws { try await self.expectRefusal(input) }

        @Test("a hostile name of a place is refused", arguments: BadInput.names)
        func names(_ input: BadInput) async throws { try await self.expectRefusal(input) }

        @Test("a bad header is refused", arguments: BadInput.headers)
        func headers(_ input: BadInput) async throws { try await self.expectRefusal(input) }

        @Test("a bad key is refused", arguments: BadInput.keys)
        func keys(_ input: BadInput) async throws { try await self.expectRefusal(input) }

        @Test("a path, query or method that does not exist is refused", arguments: BadInput.paths)
        func paths(_ input: BadInput) async throws { try await self.expectRefusal(input) }

        @Test("the services behind the gateway refuse as well", arguments: BadInput.internals)
        func internals(_ input: BadInput) async throws { try await self.expectRefusal(input) }

        private func expectRefusal(_ input: BadInput) async throws {
            let before = try await self.state()
            let reply = try await self.installation.client(input.service, key: input.service == .gateway ? Installation.token : nil)
                .call(input.method, input.path, body: input.body, headers: input.headers, timeout: .seconds(10))
            #expect(reply.status == input.status, "\(reply)")
            let problem = try #require(reply.problem, "not a problem: \(reply)")
            #expect(problem.code == input.code, "\(reply)")
            #expect(problem.status == input.status)
            #expect(problem.type == "urn:nephoran:problem:\(problem.code)")
            #expect(!problem.detail.isEmpty)
            #expect(try Self.documentedCodes.contains(problem.code), "\(problem.code) is not in docs/errors.md")
            #expect(reply.text.utf8.count < 8_192, "an answer as long as the question")
            #expect(try await self.state() == before, "something was stored, or has died")
        }

        private struct State: Equatable {
            var intents: Int
            var head: String
            var processes: [ServiceName: Int32]
        }

        private func state() async throws -> State {
            State(
                intents: try await self.installation.queues.accepted(), head: try await self.installation.repository.head(),
                processes: self.installation.running)
        }

        private static var documentedCodes: Set<String> {
            get throws {
                let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                let page = try String(contentsOf: root.appending(path: "docs/errors.md"), encoding: .utf8)
                return Set(page.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
            }
        }

        @Test("a decision that the phase does not allow is a conflict", arguments: ["approve", "reject", "cancel", "retry", "clarify"])
        func wrongPhase(_ decision: String) async throws {
            let record = try await self.gateway.submit("Write a poem about \(decision)")
            #expect(record.phase == .refused)
            let body = decision == "clarify" ? #"{"answers": [{"expectation": "e1", "field": "confirm", "value": "yes"}]}"# : "{}"
            let reply = try await self.gateway.call("POST", "/v1/intents/\(record.id)/\(decision)", json: body)
            #expect(reply.status == 409, "\(reply)")
            #expect(reply.problem?.code == "phase_conflict")
            #expect(try await self.gateway.record(record.id) == record)
        }

        @Test(
            "a bad decision is refused and the intent still waits",
            arguments: [
                ("approve", #"{"reason": "#, "bad_json"), ("approve", #"{"reason": 7}"#, "invalid_body"),
                ("reject", #"{"reason": "one\ntwo"}"#, "invalid_body"),
                ("reject", #"{"reason": "\#(String(repeating: "r", count: 1_001))"}"#, "invalid_body"), ("clarify", #"{"answers": []}"#, "invalid_body"),
                ("clarify", #"{"answers": "yes"}"#, "invalid_body"), ("clarify", "{}", "invalid_body"),
            ])
        func badDecision(_ decision: String, _ body: String, _ code: String) async throws {
            let record = try await self.gateway.submit("Deploy an NRF in namespace site-waiting", approval: "required")
            #expect(record.phase == .awaitingApproval)
            let reply = try await self.gateway.call("POST", "/v1/intents/\(record.id)/\(decision)", json: body)
            #expect(reply.status == 400, "\(reply)")
            #expect(reply.problem?.code == code, "\(reply)")
            #expect(try await self.gateway.record(record.id) == record)
        }

        @Test("an answer to a question that was not asked is refused")
        func strayAnswer() async throws {
            let record = try await self.gateway.submit("Scale the AMF in namespace site-stray to 3 replicas")
            #expect(record.phase == .awaitingClarification)
            let body = #"{"answers": [{"expectation": "e9", "field": "object.name", "value": "x"}]}"#
            let reply = try await self.gateway.call("POST", "/v1/intents/\(record.id)/clarify", json: body)
            #expect(reply.status == 400, "\(reply)")
            #expect(reply.problem?.errors?.first?.pointer == "/answers/0", "\(reply)")
            #expect(try await self.gateway.record(record.id).phase == .awaitingClarification)
        }

        /// Words are data: as hostile as they may be they come to an end, and nothing but well-named packages comes of them.
        @Test(
            "hostile words come to an end and touch nothing",
            arguments: [
                "Deploy an AMF named ../../etc in namespace site-hostile", "Deploy an AMF named $(reboot) in namespace site-hostile",
                "Deploy an AMF named `id` in namespace ../../etc",
                "Deploy an AMF in namespace 'site: {hostile: [true'", "Deploy an AMF named amf\nmetadata:\n  namespace: kube-system",
                "Deploy an AMF named --upload-pack=touch in namespace site-hostile",
                "Deploy an AMF named \"a'; DROP TABLE x; --\" in namespace site-hostile", "Deploy an AMF named ${jndi:ldap://x} in namespace {{ .Values.x }}",
                "Deploy an AMF\r\nIntent-Id: \(BadInput.nobody)\r\nNephoran-Instance: default/site-hostile/forged",
                "Deploy an AMF named \u{202e}fma\u{0}in site-hostile".filter { $0 != "\0" },
                "Deploy an AMF named \(String(repeating: "a", count: 300)) in namespace site-hostile", String(repeating: "deploy amf and ", count: 270),
                String(repeating: "🛰", count: 4_096),
                "Configure the PCF in namespace site-hostile with key !!python/object/apply:os.system ['id']", "%s%n%x {0} \\u0000 \u{feff}Deploy",
            ])
        func hostileWords(_ words: String) async throws {
            let processes = self.installation.running
            let outside = try Self.entries(of: self.installation.directory.path)
            let record = try await self.gateway.submit(words)
            #expect(record.phase.isTerminal || record.phase.awaitsPerson, "\(record.phase)")
            #expect(record.phase != .failed, "\(record.problem?.detail ?? "")")
            #expect(record.request.intent == words)
            for file in try await self.installation.repository.files() {
                let parts = file.split(separator: "/", omittingEmptySubsequences: false)
                #expect(parts.count >= 4 || parts.count == 1, "\(file)")
                #expect(parts.dropLast().prefix(3).allSatisfy(Self.isLabel), "\(file)")
            }
            for revision in try await self.installation.repository.revisions() { #expect(revision.intent != BadInput.nobody, "a forged trailer") }
            #expect(self.installation.running == processes)
            #expect(try Self.entries(of: self.installation.directory.path) == outside)
        }

        private static func isLabel(_ text: Substring) -> Bool {
            !text.isEmpty && text.utf8.count <= 63 && text.first != "-" && text.last != "-"
                && text.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
        }

        private static func entries(of directory: String) throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.contains("sqlite") })
        }
    }
}
