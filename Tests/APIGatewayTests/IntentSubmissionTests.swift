import IntentModel
import Testing

@testable import APIGateway

@Suite struct IntentSubmissionTests {
    @Test(
        "a body with a fault is refused with the place of every fault",
        arguments: [
            (#"{}"#, ["/intent is required"]),
            (#"{"intent": null}"#, ["/intent is required"]),
            (#"{"intent": ""}"#, ["/intent must not be empty"]),
            (#"{"intent": " \n\t "}"#, ["/intent must not be empty"]),
            (#"{"intent": 7}"#, ["/intent must be a string"]),
            (#"{"intent": ["Deploy AMF"]}"#, ["/intent must be a string"]),
            (#"{"intent": "Deploy\u0000AMF"}"#, ["/intent must not contain NUL"]),
            (#"{"intent": "x", "priority": "urgent"}"#, ["/priority must be one of low, medium, high, critical"]),
            (#"{"intent": "x", "priority": "High"}"#, ["/priority must be one of low, medium, high, critical"]),
            (#"{"intent": "x", "priority": 1}"#, ["/priority must be a string"]),
            (#"{"intent": "x", "priority": true}"#, ["/priority must be a string"]),
            (#"{"intent": "x", "approval": "never"}"#, ["/approval must be auto or required"]),
            (#"{"intent": "x", "labels": []}"#, ["/labels must be an object of strings"]),
            (#"{"intent": "x", "labels": {"a": 1}}"#, ["/labels must be an object of strings"]),
            (#"{"intent": "x", "labels": {"a b": "c"}}"#, ["/labels/a b keys and values must be Kubernetes label values of at most 63 characters"]),
            (#"{"intent": "x", "labels": {"": "c"}}"#, ["/labels/ keys and values must be Kubernetes label values of at most 63 characters"]),
            (#"{"intent": "x", "labels": {"team/x~": "c"}}"#, ["/labels/team~1x~0 keys and values must be Kubernetes label values of at most 63 characters"]),
            (
                #"{"intent": "x", "callbackUrl": "https://example.net/hook"}"#,
                ["/callbackUrl callbacks are not configured here (CALLBACK_SECRET); follow /v1/intents/{id}/events"]
            ),
            (
                #"{"priority": "x", "approval": "y", "labels": 3}"#,
                [
                    "/intent is required", "/priority must be one of low, medium, high, critical", "/approval must be auto or required",
                    "/labels must be an object of strings",
                ]
            ),
        ])
    func faults(_ body: String, _ expected: [String]) {
        let problem = #expect(throws: Problem.self) { try IntentSubmission(json: Array(body.utf8)) }
        #expect(problem?.status == 400 && problem?.code == "invalid_body")
        #expect(problem?.errors?.map { "\($0.pointer) \($0.detail)" } == expected)
        #expect(problem?.detail.contains(expected[0].dropFirst()) == true)
    }

    @Test(
        "what is no JSON object is refused",
        arguments: [
            ("", "bad_json"), ("{", "bad_json"), (#"{"intent": "x",}"#, "bad_json"), ("{\"intent\": \"x\", \"labels\": {\"a\": \"b\" , \n} }", "bad_json"),
            (#"{"intent": "x", "more": [1, 2, ]}"#, "bad_json"), (#"{'intent': 'x'}"#, "bad_json"), ("Deploy AMF", "bad_json"),
            (#"{"intent": "x"} trailing"#, "bad_json"),
            (#"{"intent": "\ud800"}"#, "bad_json"), ("null", "invalid_body"), ("[]", "invalid_body"), (#""Deploy AMF""#, "invalid_body"),
            ("17", "invalid_body"),
        ])
    func notAnObject(_ body: String, _ code: String) {
        let problem = #expect(throws: Problem.self) { try IntentSubmission(json: Array(body.utf8)) }
        #expect(problem?.code == code && problem?.status == 400)
    }

    @Test("bytes that are not UTF-8 are refused", arguments: [[0xff, 0xfe], [0x7b, 0xc3, 0x28, 0x7d], [0xed, 0xa0, 0x80]] as [[UInt8]])
    func notUTF8(_ bytes: [UInt8]) {
        #expect(throws: Problem.self) { try IntentSubmission(json: bytes) }
    }

    @Test("a document nested very deeply is refused, not followed")
    func deep() {
        let body = String(repeating: "[", count: 100_000)
        #expect(throws: Problem.self) { try IntentSubmission(json: Array(body.utf8)) }
    }

    @Test(
        "names that are no DNS labels are refused",
        arguments: [
            "", "-", "-a", "a-", "A", "core 5g", "core_5g", "core.5g", "../../etc", "a/b", "ünder", "core5g\n", "core5g\u{0}", "$(id)", "ａ",
            String(repeating: "a", count: 64),
        ])
    func hostileNames(_ name: String) throws {
        for member in ["namespace", "cluster"] {
            let body = try Sample.json(["intent": "Deploy AMF", member: name])
            let problem = #expect(throws: Problem.self) { try IntentSubmission(json: body) }
            #expect(problem?.errors?.map(\.pointer) == ["/\(member)"])
        }
    }

    @Test("DNS labels are taken", arguments: ["a", "0", "core5g", "edge-west-1", "a--b", String(repeating: "z", count: 63)])
    func names(_ name: String) throws {
        let submission = try IntentSubmission(json: Sample.json(["intent": "Deploy AMF", "namespace": name, "cluster": name]))
        #expect(submission.namespace == name && submission.cluster == name)
    }

    @Test(
        "an intent has 1 to 4096 characters, counted as Unicode scalars",
        arguments: [
            ("a", 1, true), ("a", 4096, true), ("a", 4097, false), ("ß", 4096, true), ("部", 4096, true), ("部", 4097, false), ("🛰", 4096, true),
            // One letter for people, two scalars: an e with a combining accent.
            ("e\u{301}", 2048, true), ("e\u{301}", 2049, false),
        ])
    func length(_ character: String, _ count: Int, _ isTaken: Bool) throws {
        let body = try Sample.json(["intent": String(repeating: character, count: count)])
        #expect(((try? IntentSubmission(json: body)) != nil) == isTaken)
    }

    @Test(
        "a good body is read as it was meant",
        arguments: [
            (#"{"intent": "Deploy AMF"}"#, IntentSubmission.Expected()),
            (#"{"intent": "Deploy AMF", "priority": null, "namespace": null, "labels": null, "callbackUrl": null}"#, .init()),
            (#"{"intent": "Deploy AMF", "unknown": {"member": [1]}}"#, .init()),
            ("\u{20}\n{\"intent\" : \"Deploy \\u0041MF\"}\n", .init()),
            (#"{"intent": "Deploy AMF", "priority": "critical", "approval": "required"}"#, .init(priority: .critical, approval: .required)),
            (#"{"intent": "Deploy AMF", "labels": {}}"#, .init(labels: [:])),
            (#"{"intent": "Deploy AMF", "note": "a \" , } b\\", "more": ",]"}"#, .init()),
            (
                #"{"intent": "Deploy AMF", "labels": {"nephoran.com/team": "core_5G.x", "empty": ""}}"#,
                .init(labels: ["nephoran.com/team": "core_5G.x", "empty": ""])
            ),
        ])
    func good(_ body: String, _ expected: IntentSubmission.Expected) throws {
        let submission = try IntentSubmission(json: Array(body.utf8))
        #expect(submission.intent == "Deploy AMF")
        #expect(submission.priority == expected.priority && submission.approval == expected.approval && submission.labels == expected.labels)
    }

    @Test("32 labels are taken, 33 are not", arguments: [(32, true), (33, false)])
    func manyLabels(_ count: Int, _ isTaken: Bool) throws {
        let labels = (0..<count).map { "\"l\($0)\": \"v\"" }.joined(separator: ", ")
        #expect(((try? IntentSubmission(json: Array("{\"intent\": \"x\", \"labels\": {\(labels)}}".utf8))) != nil) == isTaken)
    }

    @Test("the words are kept as they were written: line breaks, quotes and other scripts")
    func verbatim() throws {
        let text = "Deploy \"AMF\"\r\n\tin core5g — 部署 <script>alert(1)</script> \u{202e}"
        #expect(try IntentSubmission(json: Sample.json(["intent": text])).intent == text)
    }
}

extension IntentSubmission {
    struct Expected: Sendable {
        var priority = Priority.medium
        var approval = IntentRequest.Approval.auto
        var labels: [String: String]?
    }
}
