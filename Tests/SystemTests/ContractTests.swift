import Foundation
import IntentModel
import Testing

extension RealProcesses {
    /// What callers, scrapers and operators rely on, seen from outside.
    @Suite("contract", .installed) struct ContractTests {
        let installation: Installation

        init() throws { self.installation = try #require(Installation.current) }

        var gateway: Gateway { self.installation.gateway }

        /// A name of its own for each test, so that none depends on another.
        static func unique(_ prefix: String) -> String { "\(prefix)-\(UInt32.random(in: 0...UInt32.max))" }

        struct Accepted: Decodable {
            var id: IntentID
            var phase: Phase
            var createdAt: String
            var links: [String: String]
        }
    }
}

extension RealProcesses.ContractTests {
    @Test("an acceptance names the intent, its phase, its time and its links")
    func acceptance() async throws {
        let reply = try await self.gateway.call(
            "POST", "/v1/intents", json: #"{"intent": "Deploy an AMF in namespace site-accept", "labels": {"team": "core"}}"#)
        #expect(reply.status == 202)
        let accepted = try reply.decode(Accepted.self)
        #expect(accepted.phase == .received)
        #expect(accepted.createdAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(reply.header("location") == "/v1/intents/\(accepted.id)")
        #expect(
            accepted.links == [
                "self": "/v1/intents/\(accepted.id)", "events": "/v1/intents/\(accepted.id)/events", "manifests": "/v1/intents/\(accepted.id)/manifests",
            ])
        let record = try await self.gateway.settled(accepted.id)
        #expect(record.request.labels == ["team": "core"])
        #expect(record.createdAt == accepted.createdAt)
        #expect(record.tracks["delivery"]?.state == .succeeded)
        #expect(record.history.map(\.phase) == [.received, .interpreting, .planning, .rendering, .executing, .executing, .verifying, .published])
    }

    @Test(
        "JSON is taken as what people and tools send it",
        arguments: ["application/json", "application/json; charset=utf-8", "text/plain", "text/html", nil] as [String?])
    func contentTypes(_ type: String?) async throws {
        let headers = type.map { [("content-type", $0)] } ?? []
        let reply = try await self.gateway.call("POST", "/v1/intents", body: Array(#"{"intent": "Write a poem"}"#.utf8), headers: headers)
        #expect(reply.status == 202, "\(reply)")
    }

    @Test("a repeat with the same idempotency key is answered with the same intent, also when many are sent at once")
    func idempotency() async throws {
        let key = Self.unique("key")
        let before = try await self.installation.queues.accepted()
        let body = #"{"intent": "Deploy an NRF in namespace site-key"}"#
        let ids = try await withThrowingTaskGroup(of: IntentID.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let reply = try await self.gateway.call("POST", "/v1/intents", json: body, headers: [("idempotency-key", key)])
                    #expect(reply.status == 202, "\(reply)")
                    return try reply.decode(Accepted.self).id
                }
            }
            return try await group.reduce(into: Set<IntentID>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        var accepted = try await self.installation.queues.accepted()
        #expect(accepted == before + 1)
        let id = try #require(ids.first)
        #expect(try await self.gateway.settled(id).phase == .published)
        let late = try await self.gateway.call("POST", "/v1/intents", json: body, headers: [("idempotency-key", key)])
        #expect(late.status == 202)
        #expect(try late.decode(Accepted.self).phase == .published)

        let other = try await self.gateway.call(
            "POST", "/v1/intents", json: #"{"intent": "Deploy an NRF in namespace site-other"}"#, headers: [("idempotency-key", key)])
        #expect(other.status == 409)
        #expect(other.problem?.code == "idempotency_conflict")
        accepted = try await self.installation.queues.accepted()
        #expect(accepted == before + 1)
    }

    @Test("who waits is answered with the whole record, at the end or when a person is needed")
    func waiting() async throws {
        let reply = try await self.gateway.call(
            "POST", "/v1/intents", json: #"{"intent": "Deploy a UPF in namespace site-wait"}"#, headers: [("prefer", "respond-async, wait=30")])
        #expect(reply.status == 200)
        #expect(reply.header("preference-applied") == "wait")
        let record = try reply.decode(IntentRecord.self)
        #expect(record.phase == .published)
        #expect(reply.header("location") == "/v1/intents/\(record.id)")
        #expect(try await self.gateway.submit("Scale the NWDAF in namespace site-wait to 2").phase == .awaitingClarification)
        let impatient = try await self.gateway.call(
            "POST", "/v1/intents", json: #"{"intent": "Deploy a UPF in namespace site-wait"}"#, headers: [("prefer", "wait=0")])
        #expect(impatient.status == 202)
    }

    @Test("a dry run shows interpretation, plan and packages, and stores nothing")
    func dryRun() async throws {
        let accepted = try await self.installation.queues.accepted()
        let head = try await self.installation.repository.head()
        let reply = try await self.gateway.call("POST", "/v1/intents?dryRun=true", json: #"{"intent": "Deploy an SMF with 2 replicas in namespace site-dry"}"#)
        #expect(reply.status == 200, "\(reply)")
        struct Result: Decodable {
            struct Package: Decodable {
                var path: String
                var files: [PackageFile]
            }
            var interpretation: Interpretation
            var plan: Plan?
            var packages: [Package]
            var policies: [PolicyChange]
            var conflicts: [Conflict]
        }
        let result = try reply.decode(Result.self)
        #expect(result.interpretation.decision == .accepted)
        #expect(result.plan?.packages.map(\.change) == [.create])
        #expect(result.packages.map(\.path) == ["default/site-dry/smf"])
        #expect(result.packages.first?.files.contains { $0.path == "Kptfile" } == true)
        #expect(try await self.installation.queues.accepted() == accepted)
        #expect(try await self.installation.queues.leftovers() == [:])
        #expect(try await self.installation.repository.head() == head)

        // What is published in the end is what the dry run showed.
        let record = try await self.gateway.submit("Deploy an SMF with 2 replicas in namespace site-dry")
        #expect(record.phase == .published)
        for file in result.packages.flatMap(\.files) {
            #expect(try await self.installation.repository.git("show", "main:default/site-dry/smf/\(file.path)") == file.content, "\(file.path)")
        }
    }

    @Test("the list is newest first, in pages without gaps, by phase and by priority")
    func list() async throws {
        struct Page: Decodable {
            struct Item: Decodable, Equatable {
                var id: IntentID
                var phase: Phase
                var request: IntentRequest
            }
            var items: [Item]
            var nextCursor: String?
        }
        var sent: [IntentID] = []
        for number in 0..<7 {
            let priority = number == 3 ? "critical" : "low"
            let body = #"{"intent": "Write poem number \#(number)", "priority": "\#(priority)"}"#
            let reply = try await self.gateway.call("POST", "/v1/intents", json: body, headers: [("prefer", "wait=20")])
            sent.append(try reply.decode(IntentRecord.self).id)
        }
        var listed: [Page.Item] = []
        var cursor: String?
        repeat {
            let page = try await self.gateway.call("GET", "/v1/intents?limit=3\(cursor.map { "&cursor=\($0)" } ?? "")").decode(Page.self)
            #expect(page.items.count <= 3)
            listed += page.items
            cursor = page.nextCursor
        } while cursor != nil
        #expect(Array(listed.prefix(7).map(\.id)) == sent.reversed())
        #expect(Set(listed.map(\.id)).count == listed.count)
        #expect(listed.map(\.id) == listed.map(\.id).sorted(by: >))
        let accepted = try await self.installation.queues.accepted()
        #expect(listed.count == accepted)

        let refused = try await self.gateway.call("GET", "/v1/intents?phase=refused&limit=200").decode(Page.self).items
        #expect(refused == listed.filter { $0.phase == .refused })
        let critical = try await self.gateway.call("GET", "/v1/intents?phase=refused&priority=critical").decode(Page.self).items
        #expect(critical == refused.filter { $0.request.priority == .critical })
        #expect(critical.contains { $0.id == sent[3] })
    }

    @Test("the manifests are one YAML stream: as rendered while they wait, as published afterwards")
    func manifests() async throws {
        let record = try await self.gateway.submit("Deploy a PCF with 2 replicas in namespace site-yaml", approval: "required")
        #expect(record.phase == .awaitingApproval)
        let waiting = try await self.gateway.call("GET", "/v1/intents/\(record.id)/manifests")
        #expect(waiting.status == 200)
        #expect(waiting.header("content-type") == "application/yaml")
        for kind in ["Kptfile", "Deployment", "Service", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy", "ServiceAccount"] {
            #expect(waiting.text.contains("\nkind: \(kind)\n"), "\(kind)")
        }
        #expect(waiting.text.hasPrefix("---\n"))
        _ = try await self.gateway.decide("approve", record.id)
        #expect(try await self.gateway.settled(record.id).phase == .published)
        let published = try await self.gateway.call("GET", "/v1/intents/\(record.id)/manifests")
        #expect(published.text == waiting.text)

        let refused = try await self.gateway.submit("Write a poem")
        #expect(try await self.gateway.call("GET", "/v1/intents/\(refused.id)/manifests").problem?.code == "not_found")
    }

    @Test("what waits can be cancelled, once")
    func cancel() async throws {
        let record = try await self.gateway.submit("Deploy a BSF in namespace site-cancel", approval: "required")
        let cancelled = try await self.gateway.decide("cancel", record.id, json: #"{"reason": "changed my mind"}"#)
        #expect(cancelled.phase == .cancelled)
        #expect(cancelled.history.last?.detail == "cancelled: changed my mind")
        let again = try await self.gateway.call("POST", "/v1/intents/\(record.id)/cancel", json: "{}")
        #expect(again.status == 409)
        #expect(try await self.installation.repository.packages().contains("default/site-cancel/bsf") == false)
    }

    @Test("of two who decide at once one wins and the other is told")
    func race() async throws {
        let record = try await self.gateway.submit("Deploy a CHF in namespace site-race", approval: "required")
        async let approval = self.gateway.call("POST", "/v1/intents/\(record.id)/approve", json: "{}")
        async let rejection = self.gateway.call("POST", "/v1/intents/\(record.id)/reject", json: "{}")
        let statuses = [try await approval.status, try await rejection.status]
        #expect(statuses.sorted() == [200, 409])
        let phase = try await self.gateway.settled(record.id).phase
        #expect(phase == (statuses[0] == 200 ? .published : .cancelled))
        #expect(try await self.installation.repository.packages().contains("default/site-race/chf") == (statuses[0] == 200))
    }
}
