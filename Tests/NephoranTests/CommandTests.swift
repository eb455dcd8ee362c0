import ArgumentParser
import Foundation
import IntentModel
import Testing

@testable import Nephoran

@Suite struct CommandTests {
    @Test(
        "commands are understood",
        arguments: [
            ["up", "--data-dir", "/d", "--port-base", "9000", "--redis", "redis://r", "--config", "c.yaml"],
            ["intent", "submit", "--wait", "--priority", "critical", "--label", "a=b", "Deploy AMF"],
            ["intent", "submit", "--dry-run", "Deploy", "AMF", "in", "core5g"],
            ["intent", "list", "--phase", "awaiting_approval", "--limit", "5"], ["intent", "get", "018f4e2a-7c11-7003-9c1e-0242ac120002", "--output", "json"],
            ["intent", "approve", "018f4e2a-7c11-7003-9c1e-0242ac120002", "--reason", "ok"],
            ["intent", "clarify", "018f4e2a-7c11-7003-9c1e-0242ac120002", "e1:object.type=AMF"],
            ["intent", "submit", "--callback-url", "https://example.net/hook", "Deploy AMF"],
            ["queue", "list"], ["queue", "peek", "publish", "--limit", "3"], ["queue", "redrive", "notify", "--all"],
            ["queue", "redrive", "plan", "3.1780000000000-0", "4.1780000000000-1"], ["queue", "purge", "notify", "--all", "--output", "json"],
            ["archive", "search", "amf", "core5g", "--phase", "failed", "--from", "2026-05-28"], ["archive", "export", "--file", "out.ndjson"],
            ["knowledge", "add", "docs"], ["ran", "status", "--adaptor", "http://a"], ["ran", "policies", "--ric", "east", "--output", "json"], ["status"],
            ["package", "rollback", "edge/core5g/amf", "--to", "v2", "--dry-run"],
            ["inventory", "--namespace", "core5g"], ["key", "create", "nora", "--role", "operator", "--tenant", "north", "--expires", "90d"],
            ["key", "list", "--used"], ["key", "rotate", "nora", "--overlap", "0"], ["key", "revoke", "nora"], ["policy", "test", "cases.yaml"],
        ])
    func understood(_ arguments: [String]) { #expect(throws: Never.self) { try NephoranCommand.parseAsRoot(arguments) } }

    @Test(
        "what is not understood is a usage error",
        arguments: [
            ["up", "--port-base", "0"], ["up", "--redis", "rediss://r"], ["intent", "submit"], ["intent", "submit", "--wait", "--dry-run", "x"],
            ["intent", "submit", "--priority", "urgent", "x"],
            ["intent", "submit", "--label", "novalue", "x"], ["intent", "get", "not-an-id"], ["intent", "list", "--limit", "0"], ["frobnicate"],
            ["status", "--nonsense"], ["key", "create", "nora"], ["key", "create", "token", "--role", "admin"], ["key", "create", "n", "--scope", "fly"],
            ["key", "create", "n", "--role", "viewer", "--expires", "soon"], ["queue", "redrive", "plan"], ["queue", "purge", "plan", "--all", "3.1-0"],
            ["queue", "peek", "plan", "--limit", "0"],
        ])
    func notUnderstood(_ arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try NephoranCommand.parseAsRoot(arguments) }
        if let error { #expect(NephoranCommand.exitCode(for: error) == .validationFailure) }
    }

    @Test("the server and the key come from the option, the environment, the default")
    func connection() throws {
        let options = try ConnectionOptions.parse([])
        #expect(try options.base([:]) == "http://127.0.0.1:8080")
        #expect(try options.base(["NEPHORAN_URL": "https://n/"]) == "https://n")
        #expect(try ConnectionOptions.parse(["--server", "http://s:1/"]).base(["NEPHORAN_URL": "https://n"]) == "http://s:1")
        #expect(try options.token(["NEPHORAN_TOKEN": "t"]) == "t")
        #expect(throws: CommandFailure.self) { try ConnectionOptions.parse(["--server", "s:1"]).base([:]) }
        #expect(throws: CommandFailure.self) { try ConnectionOptions.parse(["--token-file", "/does/not/exist"]).token([:]) }
    }

    @Test("each phase ends a command that waited with its status", arguments: Phase.allCases)
    func outcomes(_ phase: Phase) {
        let expected: CommandFailure.Status? =
            switch phase {
            case .refused, .failed, .cancelled, .superseded, .rolledBack: .refused
            case .awaitingApproval, .awaitingClarification: .needsPerson
            default: nil
            }
        #expect(phase.outcome?.status == expected)
        #expect(phase.isSettled == (phase.isTerminal || phase.awaitsPerson))
    }

    @Test(
        "a refusal of the server is told with its code and places",
        arguments: [(400, CommandFailure.Status.usage), (401, .refused), (409, .refused), (503, .refused), (504, .timedOut)])
    func refusals(_ status: Int, _ expected: CommandFailure.Status) throws {
        let problem = Problem(status: status, code: "some_code", title: "T", detail: "It is so.", errors: [.init(pointer: "/intent", detail: "is empty")])
        let failure = GatewayClient.refusal(status, Array(try JSONEncoder().encode(problem)))
        #expect(failure.status == expected && failure.message.hasPrefix("It is so. (some_code)\n  /intent: is empty"))
        #expect(GatewayClient.refusal(502, Array("<html>".utf8)).status == .unreachable)
    }

    @Test(
        "answers are what they look like",
        arguments: [
            ("e1:object.type=AMF", ClarificationAnswer(expectation: "e1", field: "object.type", value: .text("AMF"))),
            ("targets.replicas=3", ClarificationAnswer(expectation: "e2", field: "targets.replicas", value: .number(3))),
            ("e1:confirm=yes", ClarificationAnswer(expectation: "e1", field: "confirm", value: .boolean(true))),
            ("e1:x=2..5", ClarificationAnswer(expectation: "e1", field: "x", value: .range(2, 5))),
            ("e1:x=\"5\"", ClarificationAnswer(expectation: "e1", field: "x", value: .text("5"))),
        ])
    func clarifications(_ text: String, _ answer: ClarificationAnswer) throws {
        let open = [
            Clarification(expectation: "e1", field: "object.type", question: "?"), Clarification(expectation: "e2", field: "targets.replicas", question: "?"),
        ]
        #expect(try ClarificationText.answer(text, to: open) == answer)
    }

    @Test("a bare value answers the only question, an answer nobody asked for is refused")
    func bareAnswers() throws {
        let one = [Clarification(expectation: "e1", field: "confirm", question: "?")]
        #expect(try ClarificationText.answer("yes", to: one) == ClarificationAnswer(expectation: "e1", field: "confirm", value: .boolean(true)))
        #expect(throws: CommandFailure.self) { try ClarificationText.answer("yes", to: []) }
        #expect(throws: CommandFailure.self) { try ClarificationText.answer("other=1", to: one) }
    }
}
