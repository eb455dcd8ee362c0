import Foundation
import TestSupport

extension BadInput {
    /// An id that no intent has.
    static let nobody = "018f4e2a-7c11-7003-9c1e-0242ac120002"

    private static let long = String(repeating: "a", count: 4_097)

    static let bodies: [BadInput] = [
        intent("no body", "", 400, "empty_body"),
        intent("half an object", #"{"intent": "#, 400, "bad_json"),
        intent("words", "Deploy an AMF", 400, "bad_json"),
        intent("two values", #"{"intent": "Deploy an AMF"} {}"#, 400, "bad_json"),
        intent("a bare line break in a string", "{\"intent\": \"Deploy\nan AMF\"}", 400, "bad_json"),
        intent("brackets a hundred thousand deep", String(repeating: "[", count: 60_000), 400, "bad_json"),
        intent("objects ten thousand deep", String(repeating: #"{"a":"#, count: 10_000), 400, "bad_json"),
        BadInput(
            title: "bytes that are not UTF-8", body: Array(#"{"intent": ""#.utf8) + [0xc3, 0x28, 0xff] + Array(#""}"#.utf8), status: 400, code: "invalid_utf8"),
        BadInput(
            title: "a surrogate in UTF-8", body: Array(#"{"intent": ""#.utf8) + [0xed, 0xa0, 0x80] + Array(#""}"#.utf8), status: 400, code: "invalid_utf8"),
        BadInput(
            title: "UTF-16", body: [0xff, 0xfe] + #"{"intent": "x"}"#.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }, status: 400, code: "invalid_utf8"),
        intent("an array", #"["Deploy an AMF"]"#), intent("a string", #""Deploy an AMF""#), intent("a number", "42"), intent("null", "null"),
        intent("no intent", "{}"), intent("an intent that is null", #"{"intent": null}"#), intent("an intent that is a number", #"{"intent": 5}"#),
        intent("an intent that is an object", #"{"intent": {"text": "Deploy"}}"#), intent("an empty intent", #"{"intent": ""}"#),
        intent("a blank intent", #"{"intent": " \t\n\u00a0\u2003 "}"#), intent("an intent with NUL", #"{"intent": "Deploy\u0000 an AMF"}"#),
        intent("an intent of 4,097 characters", #"{"intent": "\#(long)"}"#),
        intent("half a surrogate pair", #"{"intent": "Deploy \ud800"}"#, 400, "bad_json"),
        intent("an unknown priority", #"{"intent": "Deploy", "priority": "urgent"}"#),
        intent("a priority that is a number", #"{"intent": "Deploy", "priority": 1}"#),
        intent("a priority in capitals", #"{"intent": "Deploy", "priority": "HIGH"}"#),
        intent("an unknown approval", #"{"intent": "Deploy", "approval": "never"}"#),
        intent("a callback", #"{"intent": "Deploy", "callbackUrl": "http://169.254.169.254/"}"#),
        intent("labels that are an array", #"{"intent": "Deploy", "labels": ["a"]}"#),
        intent("a label that is a number", #"{"intent": "Deploy", "labels": {"a": 1}}"#),
        intent("a label without a name", #"{"intent": "Deploy", "labels": {"": "a"}}"#),
        intent("a label with a line break", #"{"intent": "Deploy", "labels": {"a": "b\nc: d"}}"#),
        intent("a label with YAML", #"{"intent": "Deploy", "labels": {"a": "{{ x }}"}}"#),
        intent("a label with a command", #"{"intent": "Deploy", "labels": {"$(reboot)": "x"}}"#),
        intent("a label that climbs", #"{"intent": "Deploy", "labels": {"a": "../../etc/passwd;"}}"#),
        intent("33 labels", #"{"intent": "Deploy", "labels": {\#((0..<33).map { #""l\#($0)": "x""# }.joined(separator: ","))}}"#),
        intent("a label of 64 characters", #"{"intent": "Deploy", "labels": {"a": "\#(String(repeating: "b", count: 64))"}}"#),
        intent("70,000 bytes", #"{"intent": "\#(String(repeating: "a", count: 70_000))"}"#, 413, "body_too_large"),
        intent("nine million bytes", String(repeating: " ", count: 9 << 20), 413, "body_too_large"),
    ]

    /// Names of namespaces and clusters that are something else to a shell, a file system, YAML or git.
    static let names: [BadInput] = [
        "../../etc", "..", ".", "/etc/passwd", "a/b", #"a\\b"#, "core 5g", "Core5G", "-core", "core-", "core_5g", "core.5g", "$(reboot)", "`id`", "a;rm -rf /",
        "a|b",
        "a&&b", #"a\nb"#, #"a\u0000"#, "a: b", "{a: b}", "*", "&anchor", "!!python/object", "--upload-pack=x", "refs/heads/main", "a~1", "a^", "@{-1}",
        "%2e%2e", "中文", "é",
        "\u{202e}a", "", " ", String(repeating: "a", count: 64),
    ].flatMap { name in
        ["namespace", "cluster"].map { intent("\($0) “\(name)”", #"{"intent": "Deploy an AMF", "\#($0)": "\#(name)"}"#) }
    }

    static let headers: [BadInput] = [
        header("XML", "content-type", "application/xml", 415, "unsupported_media_type"),
        header("a form", "content-type", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        header("several parts", "content-type", "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
        header("YAML", "content-type", "application/yaml", 415, "unsupported_media_type"),
        header("another character set", "content-type", "application/json; charset=latin1", 415, "unsupported_media_type"),
        header("a type that is none", "content-type", "json", 415, "unsupported_media_type"),
        header("a wait in words", "prefer", "wait=long"), header("a wait of 61 seconds", "prefer", "wait=61"),
        header("a wait into the past", "prefer", "wait=-1"),
        header("a wait without a number", "prefer", "wait"), header("a wait beyond all numbers", "prefer", "wait=99999999999999999999"),
        header("an empty idempotency key", "idempotency-key", ""), header("an idempotency key with a blank", "idempotency-key", "a b"),
        header("an idempotency key beyond ASCII", "idempotency-key", "schlüssel"),
        header("an idempotency key of 256 characters", "idempotency-key", String(repeating: "k", count: 256)),
        header("a deadline that has passed", "nephoran-deadline", "1000", 504, "deadline_exceeded"),
    ]

    static let keys: [BadInput] =
        [
            header("no key", "authorization", "", 401, "unauthorized"), header("a wrong key", "authorization", "Bearer wrong", 401, "unauthorized"),
            header("half the key", "authorization", "Bearer \(Installation.token.prefix(8))", 401, "unauthorized"),
            header("the key twice", "authorization", "Bearer \(Installation.token)\(Installation.token)", 401, "unauthorized"),
            header("another scheme", "authorization", "Basic \(Installation.token)", 401, "unauthorized"),
            header("a bare key", "authorization", Installation.token, 401, "unauthorized"),
            header("a key that is a command", "authorization", "Bearer $(cat token)", 401, "unauthorized"),
        ]
        + [
            "/v1/intents", "/v1/intents/\(nobody)", "/v1/intents/\(nobody)/events", "/v1/intents/\(nobody)/manifests", "/v1/events", "/v1/inventory",
            "/v1/health", "/v1/metrics", "/v1/orchestration/workflows",
        ]
        .map { get("\($0) with a wrong key", $0, 401, "unauthorized", headers: [("authorization", "Bearer wrong")]) }

    static let paths: [BadInput] =
        [
            nobody, "1", "..%2f..%2fetc%2fpasswd", "%00", "$(reboot)", "'%20OR%201=1", nobody.uppercased(), nobody.replacing("-", with: ""),
            "018f4e2a-7c11-7fff-9c1e-0242ac120002",
            "018f4e2a-7c11-4003-9c1e-0242ac120002", String(repeating: "a", count: 2_000), "*", "%7Bp03%7D:i:x",
        ].map { get("the intent \($0.prefix(40))", "/v1/intents/\($0)", 404, "not_found") }
        + ["events", "manifests"].map { get("\($0) of nobody", "/v1/intents/\(nobody)/\($0)", 404, "not_found") }
        + ["approve", "reject", "cancel", "retry", "rollback"].map {
            BadInput(title: "\($0) nobody", path: "/v1/intents/\(nobody)/\($0)", body: Array("{}".utf8), status: 404, code: "not_found")
        }
        + [
            BadInput(
                title: "clarify nobody", path: "/v1/intents/\(nobody)/clarify",
                body: Array(#"{"answers": [{"expectation": "e1", "field": "confirm", "value": "yes"}]}"#.utf8), status: 404, code: "not_found"),
            get("a phase that is none", "/v1/intents?phase=done", 400, "invalid_query"),
            get("a priority that is none", "/v1/intents?priority=urgent", 400, "invalid_query"),
            get("a limit of 0", "/v1/intents?limit=0", 400, "invalid_query"), get("a limit of 201", "/v1/intents?limit=201", 400, "invalid_query"),
            get("a limit in words", "/v1/intents?limit=ten", 400, "invalid_query"),
            get("a cursor that is none", "/v1/intents?cursor=first", 400, "invalid_query"),
            BadInput(
                title: "perhaps a dry run", path: "/v1/intents?dryRun=perhaps", body: Array(#"{"intent": "Deploy an AMF"}"#.utf8), status: 400,
                code: "invalid_query"),
            get("a status that is none", "/v1/orchestration/workflows?status=odd", 400, "invalid_query"),
            get("a range that is none", "/v1/metrics?timerange=later", 400, "invalid_query"),
            get("a range into the past", "/v1/metrics?timerange=-1h", 400, "invalid_query"),
            get("a range beyond all numbers", "/v1/metrics?timerange=60300810913d", 400, "invalid_query"),
            get("an event that never was", "/v1/events", 400, "invalid_header", headers: [("last-event-id", "../../etc")]),
            get("nowhere", "/v1/nowhere", 404, "not_found"), get("nowhere at all", "/../../etc/passwd", 404, "not_found"),
            get("a file of the site", "/Public/index.html", 404, "not_found"),
            get("a hidden file", "/.git/config", 404, "not_found"),
        ]
        + [
            ("DELETE", "/v1/intents"), ("PATCH", "/v1/intents/\(nobody)"), ("PUT", "/v1/intents"), ("GET", "/v1/intents/\(nobody)/approve"),
            ("POST", "/v1/inventory"), ("DELETE", "/"), ("GET", "/shutdown"), ("POST", "/metrics"), ("PROPFIND", "/v1/intents"),
        ]
        .map { BadInput(title: "\($0) \($1)", method: $0, path: $1, headers: [], status: 405, code: "method_not_allowed") }

    /// The services behind the gateway, by their own addresses.
    static let internals: [BadInput] =
        [
            post("half an object", to: "/v1/interpret", of: .interpreter, #"{"intent": "#, 400, "bad_json"),
            post("no intent", to: "/v1/interpret", of: .interpreter, "{}"),
            post("a number for an intent", to: "/v1/interpret", of: .interpreter, #"{"intent": 7}"#),
            post("an unknown priority", to: "/v1/interpret", of: .interpreter, #"{"intent": "x", "priority": "urgent"}"#),
            post("a namespace that is none", to: "/v1/interpret", of: .interpreter, #"{"intent": "x", "namespace": "A b"}"#),
            post("4,097 characters", to: "/v1/interpret", of: .interpreter, #"{"intent": "\#(long)"}"#),
            post("70,000 bytes", to: "/v1/interpret", of: .interpreter, #"{"intent": "\#(String(repeating: "a", count: 70_000))"}"#, 413, "body_too_large"),
            post("half an object", to: "/v1/search", of: .knowledge, #"{"query": "#, 400, "bad_json"), post("no query", to: "/v1/search", of: .knowledge, "{}"),
            post("a query that is a number", to: "/v1/search", of: .knowledge, #"{"query": 7}"#),
            post("an unknown mode", to: "/v1/search", of: .knowledge, #"{"query": "amf", "mode": "psychic"}"#),
            post("a negative limit", to: "/v1/search", of: .knowledge, #"{"query": "amf", "limit": -1}"#),
            post("half an object", to: "/v1/documents", of: .knowledge, #"{"id": "#, 400, "bad_json"),
            post("half an object", to: "/v1/plans", of: .generator, #"{"interpretation": "#, 400, "bad_json"),
            post("no interpretation", to: "/v1/plans", of: .generator, "{}"),
            post("no interpretation", to: "/v1/manifests", of: .generator, "{}"),
            post("an interpretation that is a text", to: "/v1/plans", of: .generator, #"{"interpretation": "deploy"}"#),
            post("half an object", to: "/v1/packages", of: .bridge, #"{"path": "#, 400, "bad_json"),
            BadInput(
                title: "a deployment that is none", service: .bridge, method: "GET", path: "/v1/deployments/x", headers: [], status: 400, code: "invalid_id"),
            BadInput(
                title: "a package that climbs", service: .bridge, method: "GET", path: "/v1/packages/..%2f..%2fetc/passwd/x", headers: [], status: 404,
                code: "package_not_found"),
            BadInput(
                title: "a package that is an option", service: .bridge, method: "GET", path: "/v1/packages/--help/--exec/x", headers: [], status: 404,
                code: "package_not_found"),
            BadInput(
                title: "a device that is not there", service: .adaptor, method: "DELETE", path: "/v1/o1/elements/du-1/rrm-policies/1", headers: [], status: 501,
                code: "o1_not_configured"),
            BadInput(
                title: "no level", service: .gateway, method: "PUT", path: "/admin/log-level", body: Array(#"{"level": "loud"}"#.utf8), status: 400,
                code: "invalid_body"),
        ]
        + ServiceName.allCases.flatMap { service in
            [
                BadInput(title: "nowhere", service: service, method: "GET", path: "/nowhere", headers: [], status: 404, code: "not_found"),
                BadInput(
                    title: "a wrong key", service: service, method: "GET", path: "/metrics", headers: [("authorization", "Bearer wrong")], status: 401,
                    code: "unauthorized"),
                BadInput(
                    title: "a wrong key", service: service, method: "POST", path: "/shutdown", headers: [("authorization", "Bearer wrong")], status: 401,
                    code: "unauthorized"),
                BadInput(
                    title: "through a proxy without a key", service: service, method: "POST", path: "/shutdown",
                    headers: [("x-forwarded-for", "192.0.2.1"), ("authorization", "")], status: 401, code: "unauthorized"),
                BadInput(
                    title: "by a page in a browser", service: service, method: "POST", path: "/shutdown",
                    headers: [("origin", "http://evil.example"), ("authorization", "")], status: 401, code: "unauthorized"),
            ]
        }
}
