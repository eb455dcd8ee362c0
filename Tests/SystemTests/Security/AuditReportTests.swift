import Crypto
import Foundation
import HTTPFetch
import TestSupport
import Testing

extension RealProcesses {
    /// What is refused and done at the services behind the gateway, past it, is in the one audit log all the same.
    @Suite("audit of the services behind the gateway") struct AuditReportTests {
        private static let keys = """
            keys:
              - {name: viewer, key: viewer-key, scopes: ["intents:read"]}
              - {name: chief, key: chief-key, tenant: north, roles: [admin]}
              - {name: nora, key: nora-key, roles: [admin]}

            """

        private struct Entry: Decodable {
            var who: String
            var tenant: String?
            var verb: String
            var object: String
            var outcome: String
            var detail: String?
        }

        private struct Page: Decodable { var items: [Entry] }

        private static func entries(_ installation: Installation) async throws -> [Entry] {
            let answer = try await installation.gateway.call("GET", "/v1/audit/entries?limit=500")
            guard answer.status == 200 else { return [] }
            return try JSONDecoder().decode(Page.self, from: Data(answer.body)).items
        }

        /// Whether there is one entry of each of these; the rest of a failure is what there was instead.
        private static func expect(_ wanted: [(who: String, object: String, outcome: String, service: String)], in installation: Installation) async throws {
            var missing: [String] = []
            var all: [Entry] = []
            let deadline = ContinuousClock.now + .seconds(30)
            repeat {
                all = try await Self.entries(installation)
                missing = wanted.filter { wanted in
                    !all.contains {
                        $0.who == wanted.who && $0.object.hasPrefix(wanted.object) && $0.outcome == wanted.outcome
                            && $0.detail?.hasPrefix("at \(wanted.service), from 127.0.0.1") == true
                    }
                }.map { "\($0)" }
                if missing.isEmpty { return }
                try await Task.sleep(for: .milliseconds(100))
            } while ContinuousClock.now < deadline
            #expect(missing.isEmpty, "\(missing) not in \(all)")
        }

        private static func start(_ settings: [String: String], in directory: TemporaryDirectory) async throws -> Installation {
            try Data(Self.keys.utf8).write(to: URL(filePath: directory.file("keys.yaml")))
            let base = ["AUDIT_PATH": directory.file("audit"), "AUTH_KEYS_FILE": directory.file("keys.yaml")]
            return try await Installation.start(base.merging(settings) { $1 })
        }

        @Test("refusals and acts at each service are told, whose signature or key it was too; also those of a time without a gateway", .timeLimit(.minutes(3)))
        func told() async throws {
            let directory = try TemporaryDirectory()
            let secret = String(repeating: "s", count: 40)
            let installation = try await Self.start(["SERVICE_SECRET": secret, "AUTH_FAILURES_PER_MINUTE": "0"], in: directory)
            defer { installation.stop() }
            func ask(_ service: ServiceName, _ method: String, _ path: String, _ key: String?, _ body: String? = nil) async throws -> Int {
                let client = installation.client(service, key: key)
                guard let body else { return try await client.call(method, path, timeout: .seconds(10)).status }
                return try await client.call(method, path, json: body, timeout: .seconds(10)).status
            }
            // Nobody, somebody with too little, and an admin of one tenant alone.
            #expect(try await ask(.knowledge, "POST", "/v1/documents", nil, "{}") == 401)
            #expect(try await ask(.knowledge, "DELETE", "/v1/documents/x", "viewer-key") == 403)
            #expect(try await ask(.adaptor, "PUT", "/v1/a1/policies/a/b/c", "viewer-key", "{}") == 403)
            #expect(try await ask(.adaptor, "PUT", "/v1/a1/policies/a/b/c", "chief-key", "{}") == 403)
            #expect(try await ask(.bridge, "POST", "/v1/packages", "wrong", "{}") == 401)
            #expect(try await ask(.interpreter, "POST", "/shutdown", "viewer-key") == 403)
            #expect(try await ask(.generator, "POST", "/v1/plans", "chief-key-of-old", "{}") == 401)
            // What somebody does there himself.
            #expect(try await ask(.adaptor, "PUT", "/admin/log-level", "nora-key", #"{"level":"info"}"#) == 200)
            #expect(try await ask(.gateway, "PUT", "/admin/log-level", "nora-key", #"{"level":"info"}"#) == 200)
            let written = try await ask(.knowledge, "POST", "/v1/documents", "nora-key", #"{"id":"own","title":"Own","text":"An AMF of ours."}"#)
            #expect((200..<300).contains(written))
            try await Self.expect(
                [
                    ("unknown", "POST /v1/documents", "401 unauthorized", "rag-api"), ("viewer", "DELETE /v1/documents/", "403 forbidden", "rag-api"),
                    ("viewer", "PUT /v1/a1/policies/", "403 forbidden", "oran-adaptor"),
                    ("chief", "PUT /v1/a1/policies/", "403 forbidden", "oran-adaptor"),
                    ("unknown", "POST /v1/packages", "401 unauthorized", "nephio-bridge"), ("viewer", "POST /shutdown", "403 forbidden", "llm-processor"),
                    ("unknown", "POST /v1/plans", "401 unauthorized", "manifest-generator"), ("nora", "/admin/log-level", "200", "oran-adaptor"),
                    ("nora", "/v1/documents", "\(written)", "rag-api"),
                ], in: installation)
            let own = try await Self.entries(installation)
            #expect(own.contains { $0.who == "nora" && $0.object == "/admin/log-level" && $0.detail?.hasPrefix("from ") == true }, "of the gateway itself")

            // What an intent makes services ask each other is nobody's act.
            _ = try await installation.gateway.settled(try await installation.gateway.accept("Deploy an AMF in namespace told"))
            #expect(try await Self.entries(installation).allSatisfy { !($0.detail?.contains("manifest-generator") ?? false) || $0.verb == "refused" })

            try installation.process(.gateway).kill()
            let removed = try await ask(.knowledge, "DELETE", "/v1/documents/own", "nora-key")
            #expect((200..<300).contains(removed))
            #expect(try await ask(.adaptor, "GET", "/v1/o2/clusters", nil) == 401)
            try await installation.killAndRestart(.gateway)
            // The last words of a process that was told to stop.
            #expect(try await ask(.generator, "POST", "/shutdown", "nora-key") == 202)
            try await Self.expect(
                [
                    ("nora", "/v1/documents/own", "\(removed)", "rag-api"), ("unknown", "GET /v1/o2/clusters", "401 unauthorized", "oran-adaptor"),
                    ("nora", "/shutdown", "202", "manifest-generator"),
                ], in: installation)
        }

        @Test("a gateway that keeps no log tells the one that does: what it refuses, and what is changed at it", .timeLimit(.minutes(2)))
        func gateways() async throws {
            let directory = try TemporaryDirectory()
            let secret = String(repeating: "s", count: 40)
            let installation = try await Self.start(["SERVICE_SECRET": secret, "AUTH_FAILURES_PER_MINUTE": "0"], in: directory)
            defer { installation.stop() }
            let port = "\(try FreePort.next())"
            let second = try await installation.startAnother(.gateway, ["PORT": port, "AUDIT_PATH": ""])
            defer { second.stop() }
            let http = HTTPFetcher(.init())
            defer { http.stop() }
            func ask(_ method: String, _ path: String, _ key: String, _ body: String) async throws -> Int {
                try await Gateway(http: http, address: "http://127.0.0.1:\(port)", key: key).call(method, path, json: body, timeout: .seconds(10)).status
            }
            #expect(try await ask("POST", "/v1/intents", "nobody-s-key", "{}") == 401)
            #expect(try await ask("POST", "/v1/intents", "viewer-key", #"{"intent":"Deploy an AMF"}"#) == 403)
            #expect(try await ask("PUT", "/admin/log-level", "nora-key", #"{"level":"info"}"#) == 200)
            #expect(try await ask("PUT", "/v1/maintenance", "nora-key", #"{"notice":"Cables are changed.","seconds":60}"#) < 300)
            // An intent tells of itself, by the ledger's events.
            #expect(try await ask("POST", "/v1/intents", "nora-key", #"{"intent":"Deploy an AMF in namespace second"}"#) == 202)
            try await Self.expect(
                [
                    ("unknown", "POST /v1/intents", "401 unauthorized", "api-gateway"), ("viewer", "POST /v1/intents", "403 forbidden", "api-gateway"),
                    ("nora", "/admin/log-level", "200", "api-gateway"), ("nora", "/v1/maintenance", "204", "api-gateway"),
                ], in: installation)
            #expect(try await !Self.entries(installation).contains { $0.verb == "POST" && $0.object == "/v1/intents" })
        }

        @Test("a flood of refusals is a few entries; nobody but a service, under its own name, reports", .timeLimit(.minutes(2)))
        func flood() async throws {
            let directory = try TemporaryDirectory()
            let secret = String(repeating: "s", count: 40)
            let installation = try await Self.start(["SERVICE_SECRET": secret, "AUTH_FAILURES_PER_MINUTE": "0"], in: directory)
            defer { installation.stop() }
            let stranger = installation.client(.knowledge, key: "no such key")
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { for _ in 0..<250 { _ = try? await stranger.call("POST", "/v1/search", json: "{}") } }
                }
            }
            try await Self.expect([("unknown", "POST /v1/search", "401 unauthorized", "rag-api")], in: installation)
            func counted() async throws -> (entries: Int, refusals: Int) {
                let found = try await Self.entries(installation).filter { $0.object == "POST /v1/search" }
                let counts = found.map { entry in
                    entry.detail?.split(separator: ", ").last.flatMap { $0.hasSuffix(" times") ? Int($0.dropLast(6)) : nil } ?? 1
                }
                return (found.count, counts.reduce(0, +))
            }
            try await eventually(within: .seconds(20)) { try await counted().refusals >= 2_000 }
            #expect(try await counted().entries < 60)

            let report = #"{"service":"rag-api","entries":[{"at":"2026-05-28T20:26:40.120Z","who":"forged","verb":"DELETE","object":"/x","outcome":"204"}]}"#
            func send(_ key: String?) async throws -> Int {
                try await installation.client(.gateway, key: key).call("POST", "/v1/audit/reports", json: report).status
            }
            for key in [nil, "viewer-key", "chief-key", Self.token(from: "oran-adaptor", secret), Self.token(from: "rag-api", secret + "x")] {
                let status = try await send(key)
                #expect(status == 401 || status == 403, "\(key ?? "no key")")
            }
            #expect(try await !Self.entries(installation).contains { $0.who == "forged" })
            #expect(try await send(Self.token(from: "rag-api", secret)) == 200)
            #expect(try await Self.entries(installation).contains { $0.who == "forged" && $0.detail == "at rag-api" })
        }

        /// By hand, so that the form is held, too.
        private static func token(from caller: String, _ secret: String) -> String {
            func text(_ data: some DataProtocol) -> String {
                Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            }
            let time = Int(Date.now.timeIntervalSince1970)
            let claims = #"{"iss":"nephoran","sub":"\#(caller)","aud":"api-gateway","iat":\#(time),"exp":\#(time + 60)}"#
            let signed = text(Data(#"{"alg":"HS256","typ":"service+jwt"}"#.utf8)) + "." + text(Data(claims.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            return signed + "." + text(Data(code))
        }
    }
}
