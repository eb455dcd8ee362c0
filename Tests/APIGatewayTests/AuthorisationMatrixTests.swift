import AccessControl
import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// Every route × everybody × his own and another tenant's: from the routes that there are, so that a new one without a line here fails.
@Suite struct AuthorisationMatrixTests {
    /// Who may, by name of the key; `-` stands for nobody with a key.
    private enum Guarded: String {
        /// Pages and their parts, without a key.
        case everybody
        case readers = "viewer operator approver chief root"
        case writers = "operator chief root"
        case approvers = "approver chief root"
        /// Admins of any tenant.
        case admins = "chief root"
        /// Admins of the installation.
        case installation = "root"

        func lets(_ who: String) -> Bool { self == .everybody || self.rawValue.split(separator: " ").contains { $0 == who } }
    }

    private static let people = ["viewer", "operator", "approver", "chief", "root"]

    private static let table: [String: Guarded] = [
        "POST /v1/intents": .writers, "GET /v1/intents": .readers, "GET /v1/intents/{id}": .readers, "GET /v1/intents/{id}/manifests": .readers,
        "GET /v1/intents/{id}/events": .readers, "POST /v1/intents/{id}/approve": .approvers, "POST /v1/intents/{id}/reject": .approvers,
        "POST /v1/intents/{id}/cancel": .writers, "POST /v1/intents/{id}/retry": .writers, "POST /v1/intents/{id}/clarify": .writers,
        "POST /v1/intents/{id}/rollback": .writers, "GET /v1/archive": .readers, "GET /v1/archive/export": .readers, "GET /v1/queues": .readers,
        "GET /v1/queues/{stage}/dead": .installation, "POST /v1/queues/{stage}/dead/redrive": .installation,
        "DELETE /v1/queues/{stage}/dead": .installation, "GET /v1/events": .installation, "GET /v1/packages": .readers,
        "GET /v1/packages/{cluster}/{namespace}/{instance}": .readers, "GET /v1/packages/{cluster}/{namespace}/{instance}/history": .readers,
        "GET /v1/knowledge": .readers, "GET /v1/audit": .admins, "GET /v1/keys": .admins, "GET /v1/services": .readers,
        "GET /v1/services/{service}/metrics": .admins, "GET /v1/health": .readers, "GET /v1/orchestration/workflows": .readers, "GET /v1/metrics": .readers,
        "GET /v1/inventory": .readers, "GET /v1/audit/entries": .admins, "GET /v1/audit/export": .installation, "POST /v1/audit/reports": .installation,
        "GET /v1/rollout": .readers,
        "POST /v1/rollout/preview": .installation, "POST /v1/rollout/promote": .installation, "POST /v1/rollout/abort": .installation,
        "POST /v1/rollout/back": .installation, "PUT /v1/maintenance": .installation, "DELETE /v1/maintenance": .installation,
        "POST /v1/rollout/runs/{run}/promote": .installation, "POST /v1/rollout/runs/{run}/abort": .installation,
    ]

    private static let bodies = [
        "POST /v1/intents": #"{"intent": "Deploy AMF in core5g"}"#,
        "POST /v1/audit/reports": #"{"service": "rag-api", "entries": []}"#,
        "POST /v1/intents/{id}/clarify": #"{"answers": [{"expectation": "e1", "field": "x", "value": "y"}]}"#,
        "POST /v1/queues/{stage}/dead/redrive": #"{"ids": ["1-1"]}"#, "DELETE /v1/queues/{stage}/dead": #"{"ids": ["1-1"]}"#,
        // Refused for what is active, so that nothing comes of it.
        "POST /v1/rollout/preview": #"{"colour": "green", "active": "red"}"#, "POST /v1/rollout/promote": #"{"colour": "green", "active": "red"}"#,
        "POST /v1/rollout/abort": #"{"colour": "green"}"#, "POST /v1/rollout/back": #"{"colour": "green"}"#,
        "PUT /v1/maintenance": #"{"notice": "upgrade", "seconds": 1}"#,
    ]

    private static let keys = """
        keys:
          - {name: viewer, key: viewer-key, tenant: north, roles: [viewer]}
          - {name: operator, key: operator-key, tenant: north, roles: [operator]}
          - {name: approver, key: approver-key, tenant: north, roles: [approver]}
          - {name: chief, key: chief-key, tenant: north, roles: [admin]}
          - {name: root, key: root-key, roles: [admin]}
          - {name: late, key: late-key, tenant: north, roles: [admin], expires: "2020-01-01"}
        """

    final class Recorder: AccessLog {
        private let all = Mutex<[RefusedAccess]>([])
        func record(_ refused: RefusedAccess) { self.all.withLock { $0.append(refused) } }
        func take() -> [RefusedAccess] {
            self.all.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }

    /// The gateway's routes on a real ledger, every refusal recorded.
    static func withGateway(
        keys: String = Self.keys, _ values: [String: String] = [:],
        _ body: @Sendable (any TestClientProtocol, LedgerFixture, Recorder, [String]) async throws -> Void
    ) async throws {
        try await LedgerFixture.with { fixture in
            let path = fixture.server.directory.file("keys.yaml")
            try Data(keys.utf8).write(to: URL(filePath: path))
            let context = try ServiceContext.forTesting(
                name: "api-gateway", declarations: GatewaySettings.declarations,
                values: [
                    "AUTH_KEYS_FILE": path, "REDIS_URL": fixture.server.url, "NEPHIO_BRIDGE_URL": "http://127.0.0.1:9", "RAG_API_URL": "http://127.0.0.1:9",
                    "LLM_PROCESSOR_URL": "http://127.0.0.1:9", "MANIFEST_GENERATOR_URL": "http://127.0.0.1:9", "ORAN_ADAPTOR_URL": "http://127.0.0.1:9",
                    "ARCHIVE_PATH": fixture.server.directory.file("archive.sqlite"),
                ].merging(values) { $1 }
            )
            var parts = try await buildService(context)
            let recorder = Recorder()
            parts.accessLog = recorder
            let router = Router(context: AppContext.self)
            parts.routes(router)
            let routes = router.routes.map { "\($0.method.rawValue) \($0.path.description)" }
            try await ServiceApplication.build(parts, in: context).test(.router) { try await body($0, fixture, recorder, routes) }
        }
    }

    /// An intent that has ended, so that a stream of its events ends, too.
    private static func ended(_ tenant: String, _ fixture: LedgerFixture) async throws -> IntentID {
        let id = try await fixture.submit("Deploy AMF", tenant: tenant)
        guard let snapshot = try await fixture.ledger.read(id) else { throw NotInTime() }
        var step = Step(by: "test")
        step.ending = Ending(.cancelled, reason: "test")
        guard case .taken = try await fixture.ledger.step(step, on: snapshot) else { throw NotInTime() }
        return id
    }

    private static func path(_ route: String, _ id: IntentID) -> String {
        var path = String(route.split(separator: " ")[1])
        let values = ["id": "\(id)", "stage": "interpret", "cluster": "east", "namespace": "north-1", "instance": "amf", "service": "rag-api", "run": "none"]
        for (name, value) in values { path = path.replacing("{\(name)}", with: value) }
        return path == "/v1/knowledge" ? path + "?query=amf" : path
    }

    @Test("every route lets in whom its line names, hides what is another tenant's, and records every refusal")
    func matrix() async throws {
        try await Self.withGateway { client, fixture, recorder, routes in
            let api = routes.filter { $0.contains("/v1/") }
            #expect(Set(api) == Set(Self.table.keys), "a route without a line, or a line without a route")
            let own = try await Self.ended("north", fixture)
            let other = try await Self.ended("south", fixture)
            for route in api {
                let (method, template) = (String(route.split(separator: " ")[0]), String(route.split(separator: " ")[1]))
                let guarded = Self.table[route] ?? .installation
                let body = Self.bodies[route].map { ByteBuffer(string: $0) }
                func ask(_ key: String?, _ id: IntentID) async throws -> TestResponse {
                    let headers: HTTPFields = key.map { [.authorization: "Bearer \($0)"] } ?? [:]
                    return try await client.execute(
                        uri: Self.path(route, id), method: .init(rawValue: method) ?? .get, headers: headers, body: body)
                }
                for key in [nil, "", "viewer", "late-key", String(repeating: "x", count: 300)] {
                    #expect(try await ask(key, own).status == .unauthorized, "\(route) with \(key ?? "no key")")
                    #expect(recorder.take().map(\.status) == [401], "\(route)")
                }
                for who in Self.people {
                    let isStream = route == "GET /v1/events" && guarded.lets(who)
                    guard !isStream else { continue }
                    let answer = try await ask("\(who)-key", own)
                    let refused = recorder.take()
                    guard guarded.lets(who) else {
                        #expect(answer.status == .forbidden && answer.text.contains(#""code":"forbidden""#), "\(route) as \(who): \(answer.text)")
                        #expect(refused.map(\.principal?.name) == [who] && refused.first?.route == template, "\(route) as \(who)")
                        // Whether the other intent is there is not told either.
                        #expect(try await ask("\(who)-key", other).status == .forbidden)
                        _ = recorder.take()
                        continue
                    }
                    #expect(answer.status != .unauthorized && answer.status != .forbidden, "\(route) as \(who): \(answer.status) \(answer.text)")
                    #expect(!answer.text.contains("There is no intent"), "\(route) as \(who): \(answer.text)")
                    #expect(refused.isEmpty, "\(route) as \(who): \(refused)")
                    guard template.contains("{id}") else { continue }
                    let foreign = try await ask("\(who)-key", other)
                    if who == "root" {
                        #expect(!foreign.text.contains("There is no intent") && foreign.status != .forbidden, "\(route): an admin of the installation sees all")
                        #expect(recorder.take().isEmpty)
                    } else {
                        #expect(foreign.status == .notFound && foreign.text.contains("There is no intent \(other)"), "\(route) as \(who): \(foreign.text)")
                        let refused = recorder.take()
                        #expect(refused.map(\.principal?.name) == [who] && refused.first?.reason.contains("south") == true, "\(route) as \(who)")
                    }
                }
            }
        }
    }

    @Test("lists, counts and keys show a tenant its own, an admin of the installation all, and nobody else's when asked for")
    func lists() async throws {
        try await Self.withGateway { client, fixture, recorder, _ in
            var ids: [String: IntentID] = [:]
            for tenant in ["north", "south", "default"] { ids[tenant] = try await fixture.submit("Deploy AMF", tenant: tenant) }
            func listed(_ query: String, as who: String) async throws -> Set<String> {
                let answer = try await client.get("/v1/intents?limit=50\(query)", as: "\(who)-key")
                return Set((try answer.json()["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String })
            }
            let (north, south, own) = ("\(ids["north"]!)", "\(ids["south"]!)", "\(ids["default"]!)")
            for query in ["", "&phase=received"] {
                for who in ["viewer", "chief"] { #expect(try await listed(query, as: who) == [north]) }
                #expect(try await listed(query, as: "root") == [north, south, own])
                #expect(try await listed(query + "&tenant=south", as: "root") == [south])
                #expect(try await listed(query + "&tenant=default", as: "root") == [own])
            }
            #expect(try await client.get("/v1/intents?tenant=south", as: "chief-key").status == .notFound)
            #expect(try await client.get("/v1/archive?tenant=south", as: "viewer-key").status == .notFound)
            #expect(try await client.get("/v1/intents?tenant=A%20B", as: "root-key").status == .badRequest)
            #expect(recorder.take().map(\.reason) == ["the list of the tenant south", "the list of the tenant south"])
            #expect(try await client.get("/v1/orchestration/workflows", as: "viewer-key").json()["total"] as? Int == 1)
            #expect(try await client.get("/v1/orchestration/workflows", as: "root-key").json()["total"] as? Int == 3)
            let audit = try await client.get("/v1/audit", as: "chief-key").json()
            #expect(Set((audit["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }) == [north])
            let keys = try await client.get("/v1/keys", as: "chief-key")
            #expect(!keys.text.contains("root") && keys.text.contains(#""lastUsedAt""#) && !keys.text.contains("sha256"))
            // The index follows the phase, and is empty once the intent has moved on.
            let snapshot = try #require(try await fixture.ledger.read(ids["south"]!))
            guard case .taken = try await fixture.ledger.step(Step(phase: .interpreting, by: "test"), on: snapshot) else { throw NotInTime() }
            #expect(try await listed("&phase=received&tenant=south", as: "root").isEmpty)
            #expect(try await listed("&phase=interpreting&tenant=south", as: "root") == [south])
            #expect(try await fixture.ledger.count([.received], of: "south") == 0)
            #expect(try await fixture.ledger.count([.interpreting], of: "south") == 1)
            #expect(try await fixture.ledger.count(Phase.allCases, of: "default") == 1)
            #expect(try await fixture.ledger.count(Phase.allCases, of: nil) == 3)
        }
    }

    @Test("an idempotency key of one tenant says nothing of another's")
    func idempotency() async throws {
        let keys = Self.keys + "\n  - {name: south, key: south-key, tenant: south, roles: [operator]}"
        try await Self.withGateway(keys: keys) { client, _, _, _ in
            func submit(_ key: String, _ text: String) async throws -> (TestResponse, String) {
                let answer = try await client.post("/v1/intents", #"{"intent": "\#(text)"}"#, as: key, headers: [HeaderName.idempotencyKey: "one"])
                return (answer, answer.headers[.location] ?? "")
            }
            let (first, place) = try await submit("operator-key", "Deploy AMF")
            let (replayed, elsewhere) = try await submit("south-key", "Deploy SMF")
            #expect(first.status == .accepted && replayed.status == .accepted && place != elsewhere)
            #expect(try await submit("operator-key", "Deploy AMF").1 == place)
            #expect(try await submit("operator-key", "Deploy SMF").0.status == .conflict)
        }
    }

    @Test("who asked does not approve, whoever submitted it, unless the policy says so")
    func fourEyes() async throws {
        func run(_ policy: String?, _ check: @Sendable (any TestClientProtocol, String, Recorder) async throws -> Void) async throws {
            let directory = try TemporaryDirectory()
            var values: [String: String] = [:]
            if let policy {
                try Data(policy.utf8).write(to: URL(filePath: directory.file("policy.yaml")))
                values["POLICY_FILE"] = directory.file("policy.yaml")
            }
            try await Self.withGateway(values) { client, fixture, recorder, _ in
                let accepted = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, as: "chief-key")
                let id = try #require(IntentID(try accepted.json()["id"] as? String ?? ""))
                let snapshot = try #require(try await fixture.ledger.read(id))
                var step = Step(phase: .awaitingApproval, by: "test")
                step.via = [.interpreting, .planning]
                step.fields = [(.plan, try LedgerJSON.encode(Plan()))]
                guard case .taken = try await fixture.ledger.step(step, on: snapshot) else { throw NotInTime() }
                try await check(client, "/v1/intents/\(id)/approve", recorder)
            }
        }
        try await run(nil) { client, path, recorder in
            let own = try await client.post(path, "", as: "chief-key")
            #expect(own.status == .forbidden && own.text.contains(#""code":"self_approval""#) && own.text.contains("key:chief"))
            #expect(recorder.take().map(\.code) == ["self_approval"])
            #expect(try await client.post(path, "", as: "approver-key").json()["phase"] as? String == "planning")
        }
        try await run("approval: {bySelf: [\"key:chief\"]}") { (client, path, _) async throws in
            #expect(try await client.post(path, "", as: "chief-key").json()["phase"] as? String == "planning")
        }
    }

    @Test("who answered what a change is to be does not approve it either")
    func answersCount() async throws {
        try await Self.withGateway { client, fixture, recorder, _ in
            let accepted = try await client.post("/v1/intents", #"{"intent": "Scale the AMF"}"#, as: "operator-key")
            let id = try #require(IntentID(try accepted.json()["id"] as? String ?? ""))
            func move(_ step: Step) async throws {
                let snapshot = try #require(try await fixture.ledger.read(id))
                guard case .taken = try await fixture.ledger.step(step, on: snapshot) else { throw NotInTime() }
            }
            var asking = Step(phase: .awaitingClarification, by: "llm-processor")
            asking.via = [.interpreting]
            asking.fields = [(.clarifications, try LedgerJSON.encode([Clarification(expectation: "e1", field: "replicas", question: "How many?")]))]
            try await move(asking)
            let answer = try await client.post(
                "/v1/intents/\(id)/clarify", #"{"answers": [{"expectation": "e1", "field": "replicas", "value": "5"}]}"#, as: "chief-key")
            #expect(answer.status == .ok, "\(answer.text)")
            var waiting = Step(phase: .awaitingApproval, by: "manifest-generator", detail: "answered: nothing")
            waiting.via = [.planning]
            waiting.fields = [(.plan, try LedgerJSON.encode(Plan()))]
            try await move(waiting)
            let own = try await client.post("/v1/intents/\(id)/approve", "", as: "chief-key")
            #expect(own.status == .forbidden && own.text.contains(#""code":"self_approval""#) && own.text.contains("chief answered"), "\(own.text)")
            #expect(recorder.take().map(\.code) == ["self_approval"])
            #expect(try await client.post("/v1/intents/\(id)/approve", "", as: "approver-key").json()["phase"] as? String == "planning")
        }
    }

    @Test("a tenant sees of the queues its own intents alone")
    func queues() async throws {
        try await Self.withGateway { client, fixture, _, _ in
            for tenant in ["north", "south", "default"] { _ = try await fixture.submit("Deploy AMF", tenant: tenant) }
            func depth(_ who: String) async throws -> Int? {
                let queues = try await client.get("/v1/queues", as: "\(who)-key").json()["queues"] as? [[String: Any]] ?? []
                return queues.first { $0["stage"] as? String == "interpret" }?["depth"] as? Int
            }
            for who in ["viewer", "chief"] { #expect(try await depth(who) == 1) }
            #expect(try await depth("root") == 3)
            func waiting(_ who: String) async throws -> Int? {
                (try await client.get("/v1/metrics", as: "\(who)-key").json()["system_metrics"] as? [String: Any])?["queue_depth"] as? Int
            }
            #expect(try await waiting("viewer") == 1)
            #expect(try await waiting("root") == 3)
        }
    }

    @Test("a rollout is asked for by its name, while it can be")
    func rollout() async throws {
        try await Self.withGateway { client, fixture, _, _ in
            var run = RolloutRun(
                id: "r1", state: .waiting, from: "blue", fromDirectory: "/a", to: "green", toDirectory: "/b", startedAt: "2026-11-27T00:00:00.000Z")
            try await fixture.ledger.keep(run)
            func ask(_ verb: String, _ id: String = "r1") async throws -> TestResponse {
                try await client.post("/v1/rollout/runs/\(id)/\(verb)", "", as: "root-key")
            }
            #expect(try await ask("promote", "r2").status == .notFound)
            let asked = try await ask("promote")
            #expect(asked.status == .accepted && asked.text.contains(#""wish":{"#) && asked.text.contains(#""by":"root""#), "\(asked.text)")
            #expect(try await ask("promote").status == .accepted)
            #expect(try await ask("abort").status == .accepted)
            #expect(try await ask("promote").status == .conflict)
            #expect(try await fixture.ledger.takeRolloutWish()?.verb == .abort)
            for state in [RolloutRun.State.done, .rolledBack, .aborted, .rollingBack] {
                run.state = state
                try await fixture.ledger.keep(run)
                for verb in ["promote", "abort"] { #expect(try await ask(verb).status == .conflict, "\(state) \(verb)") }
            }
            run.state = .watching
            try await fixture.ledger.keep(run)
            #expect(try await ask("promote").status == .conflict)
            #expect(try await ask("abort").status == .accepted)
        }
    }

    @Test("a tenant has its own limits")
    func limits() async throws {
        let directory = try TemporaryDirectory()
        let policy = "tenants: {north: {limits: {liveIntents: 2}}, south: {limits: {intentsPerDay: 1}}, west: {limits: {requestsPerSecond: 1}}}"
        try Data(policy.utf8).write(to: URL(filePath: directory.file("policy.yaml")))
        let keys =
            Self.keys
            + "\n  - {name: south, key: south-key, tenant: south, roles: [operator]}\n  - {name: w1, key: w1-key, tenant: west, roles: [viewer]}\n  - {name: w2, key: w2-key, tenant: west, roles: [viewer]}"
        try await Self.withGateway(keys: keys, ["POLICY_FILE": directory.file("policy.yaml")]) { client, fixture, _, _ in
            func submit(_ key: String, _ idempotency: String? = nil) async throws -> TestResponse {
                try await client.post(
                    "/v1/intents", #"{"intent": "Deploy AMF"}"#, as: key, headers: idempotency.map { [HeaderName.idempotencyKey: $0] } ?? [:])
            }
            let first = try await submit("operator-key")
            #expect(first.status == .accepted)
            #expect(try await submit("operator-key", "a").status == .accepted)
            let refused = try await submit("operator-key")
            #expect(refused.status == .tooManyRequests && refused.text.contains(#""code":"quota_exceeded""#) && refused.headers[.retryAfter] != nil)
            #expect(try await fixture.ledger.count(Phase.allCases, of: "north") == 2)
            #expect(try await client.post("\(first.headers[.location] ?? "")/cancel", "", as: "operator-key").status == .ok)
            try await eventually { try await submit("operator-key").status == .accepted }

            #expect(try await submit("south-key", "b").status == .accepted)
            #expect(try await submit("south-key").status == .tooManyRequests)
            #expect(try await fixture.ledger.count(Phase.allCases, of: "south") == 1)
            // The keys of a tenant share what it may.
            let statuses = [try await client.get("/v1/intents", as: "w1-key").status, try await client.get("/v1/intents", as: "w2-key").status]
            #expect(statuses == [.ok, .tooManyRequests])
        }
    }

    @Test("tokens of the issuer open what their roles say; forged, expired, misdirected, confused ones open nothing and are recorded")
    func tokens() async throws {
        let (issuer, directory) = (try TokenIssuer(), try TemporaryDirectory())
        try Data(try issuer.keySet()).write(to: URL(filePath: directory.file("keys.json")))
        let settings = ["JWT_ISSUER": "https://id.example", "JWT_AUDIENCE": "nephoran", "JWT_JWKS_FILE": directory.file("keys.json")]
        try await Self.withGateway(settings) { client, fixture, recorder, _ in
            let now = Int(Date.now.timeIntervalSince1970)
            let times: [String: Any] = ["exp": now + 300, "nbf": now - 5]
            func token(_ change: [String: Any] = [:], header: [String: Any] = [:], signedAs: String? = nil) throws -> String {
                try issuer.token(times.merging(change) { $1 }, header: header, signedAs: signedAs)
            }
            let other = try await Self.ended("south", fixture)
            let good = try token()
            let accepted = try await client.post("/v1/intents", #"{"intent": "Deploy AMF"}"#, as: good)
            #expect(accepted.status == .accepted)
            let record = try await client.get(accepted.headers[.location] ?? "", as: good)
            #expect(record.text.contains(#""requestedBy":"nora""#) && record.text.contains(#""tenant":"north""#))
            #expect(try await client.get("/v1/intents/\(other)", as: good).status == .notFound)
            #expect(try await client.get("/v1/keys", as: good).status == .forbidden)
            #expect(try await client.get("/v1/keys", as: try token(["roles": ["admin"]])).status == .ok)
            _ = recorder.take()
            let parts = good.split(separator: ".").map(String.init)
            let admin = try token(["roles": ["admin"], "tenant": "default"]).split(separator: ".").map(String.init)
            let bad = [
                ("none", try token(header: ["alg": "none"])), ("no signature", "\(parts[0]).\(parts[1])."),
                ("other claims", "\(parts[0]).\(admin[1]).\(parts[2])"), ("another issuer's key", try TokenIssuer().token(times)),
                ("confusion", try token(header: ["alg": "HS256", "kid": "r"])),
                ("confusion", try token(header: ["alg": "RS256", "kid": "r"], signedAs: "HS256")),
                ("expired", try token(["exp": now - 120])), ("early", try token(["nbf": now + 120])), ("audience", try token(["aud": "billing"])),
                ("issuer", try token(["iss": "https://evil.example"])), ("tenant", try token(["tenant": NSNull()])),
            ]
            for (name, text) in bad {
                let answer = try await client.get("/v1/intents", as: text)
                #expect(answer.status == .unauthorized && answer.headers[.wwwAuthenticate]?.contains("invalid_token") == true, "\(name): \(answer.status)")
                #expect(recorder.take().map(\.status) == [401], "\(name)")
            }
        }
    }
}
