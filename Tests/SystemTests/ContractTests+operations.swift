import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses.ContractTests {
    @Test("every service says that it is alive, ready and healthy, and what it is", arguments: ServiceName.allCases)
    func operations(_ service: ServiceName) async throws {
        let client = self.installation.client(service)
        for path in ["/healthz", "/readyz"] { #expect(try await client.call("GET", path).status == 200, "\(path)") }
        let health = try await client.call("GET", "/health")
        #expect(health["status"] as? String == "ok", "\(health)")
        #expect(health["service"] as? String == service.rawValue)
        #expect((health["dependencies"] as? [[String: Any]])?.allSatisfy { $0["state"] as? String == "up" && $0["latencyMs"] is NSNumber } == true, "\(health)")
        let version = try await client.call("GET", "/version")
        #expect(version["service"] as? String == service.rawValue)
        #expect((version["version"] as? String)?.isEmpty == false)
        let level = try await client.call("PUT", "/admin/log-level", json: #"{"level": "info"}"#)
        #expect(level["level"] as? String == "info", "\(level)")
    }

    @Test("metrics have the names that dashboards and rules rely on")
    func metrics() async throws {
        // Some of everything, so that every counter has counted.
        let first = try await self.gateway.submit("Deploy an AMF in namespace site-metrics")
        #expect(first.phase == .published)
        #expect(try await self.gateway.submit("Write a poem").phase == .refused)
        let search = try await self.installation.client(.knowledge).call("POST", "/v1/search", json: #"{"query": "access and mobility"}"#)
        #expect(search.status == 200, "\(search)")
        _ = try await self.gateway.call("POST", "/v1/intents?dryRun=true", json: #"{"intent": "Deploy an SMF in namespace site-metrics"}"#)
        _ = try await self.gateway.call("GET", "/v1/metrics?timerange=1h")

        let common = [
            "http_requests_total", "http_request_duration_seconds_bucket", "nephoran_health_check_total", "nephoran_health_check_success_total",
            "process_resident_memory_bytes", "process_cpu_seconds_total",
        ]
        let stage = ["nephoran_processing_total", "nephoran_processing_duration_seconds_count"]
        let own: [ServiceName: [String]] = [
            .gateway: [
                "nephoran_queue_depth", "nephoran_queue_age_seconds", "nephoran_dead_letters", "nephoran_circuit_breaker_state", "authentication_attempts",
            ],
            .interpreter: stage + ["nephoran_intents_processed_total", "nephoran_intent_duration_seconds_count"],
            .knowledge: [
                "rag_query_latency_seconds_count", "rag_documents", "rag_chunks", "nephoran_cache_requests_total", "nephoran_cache_hits_total",
                "nephoran_cache_misses_total",
                "nephoran_cache_evictions_total", "nephoran_cache_bytes",
            ],
            .generator: stage + ["nephoran_circuit_breaker_state"],
            .adaptor: [],
            .bridge: stage + ["nephoran_intents_processed_total", "nephoran_intent_duration_seconds_count", "network_function_deployments_total"],
        ]
        for service in ServiceName.allCases {
            let page = try await self.installation.client(service).call("GET", "/metrics")
            #expect(page.status == 200)
            #expect(page.header("content-type")?.hasPrefix("text/plain") == true)
            let samples = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            let names = Set(samples.map { String($0.prefix { $0 != "{" && $0 != " " }) })
            for name in common + (own[service] ?? []) { #expect(names.contains(name), "\(service.rawValue) has no \(name)") }
            #expect(samples.allSatisfy { $0.contains("service=\"\(service.rawValue)\"") }, "a sample without its service")
            #expect(samples.allSatisfy { $0.contains("colour=\"blue\"") }, "a sample without its colour")
        }
        let gateway = try await self.installation.client(.gateway).call("GET", "/metrics").text
        #expect(gateway.contains(#"route="/v1/intents/{id}""#) || gateway.contains(#"route="/v1/intents""#))
        #expect(!gateway.contains(first.id.description), "a path is a label")
    }

    @Test("the inventory says what runs where, from which intent")
    func inventory() async throws {
        let record = try await self.gateway.submit("Deploy a UDM with 2 replicas in namespace site-inventory")
        let package = try #require(record.packages.first)
        let reply = try await self.gateway.call("GET", "/v1/inventory?namespace=site-inventory")
        let items = try reply.decode([String: [InventoryItem]].self)["items"]
        let item = try #require(items?.first, "\(reply)")
        #expect(items?.count == 1)
        #expect(item.function == "UDM")
        #expect(item.path == package.path)
        #expect(item.revision == package.revision)
        #expect(item.commit == package.commit)
        #expect(item.intentId == record.id.description)
        #expect(item.replicas == 2)
        #expect(item.observed == "notObserved")
        #expect(try await self.gateway.call("GET", "/v1/inventory?namespace=nowhere").decode([String: [InventoryItem]].self)["items"] == [])
    }

    @Test("the operations summary has the members that scripts read")
    func summary() async throws {
        let waiting = try await self.gateway.submit("Deploy an AUSF in namespace site-summary", approval: "required")
        let health = try await self.gateway.call("GET", "/v1/health")
        #expect(health["status"] as? String == "healthy", "\(health)")
        let components = try #require(health["components"] as? [String: String])
        #expect(Set(components.keys) == ["redis", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"])

        let workflows = try await self.gateway.call("GET", "/v1/orchestration/workflows?status=waiting")
        #expect((workflows["total"] as? Int ?? 0) > 0)
        #expect((workflows["workflows"] as? [[String: Any]])?.contains { $0["id"] as? String == waiting.id.description } == true)
        #expect(try await self.gateway.call("GET", "/v1/orchestration/workflows?status=running").status == 200)

        let metrics = try await self.gateway.call("GET", "/v1/metrics?timerange=1h")
        for name in ["active_workflows", "queue_depth", "error_rate", "average_response_time"] {
            #expect(metrics["system_metrics", name] is NSNumber, "\(name)")
        }
        #expect(try await self.gateway.decide("cancel", waiting.id).phase == .cancelled)
    }

    @Test("the specification, its page and the console are served, and every path of the specification exists")
    func site() async throws {
        let open = self.installation.client(.gateway)
        for (path, type) in [("/", "text/html"), ("/docs", "text/html"), ("/openapi.yaml", "application/yaml"), ("/openapi.json", "application/json")] {
            let reply = try await open.call("GET", path)
            #expect(reply.status == 200, "\(path)")
            #expect(reply.header("content-type")?.hasPrefix(type) == true, "\(path)")
            #expect(reply.header("content-security-policy")?.contains("default-src 'none'") == true, "\(path)")
            let tag = try #require(reply.header("etag"))
            #expect(try await open.call("GET", path, headers: [("if-none-match", tag)]).status == 304, "\(path)")
        }
        let paths = try #require(try await open.call("GET", "/openapi.json")["paths"] as? [String: [String: Any]])
        #expect(paths.count > 20)
        for (path, operations) in paths {
            // Any name does for the other places of a path.
            let filled = path.replacing("{id}", with: BadInput.nobody).replacing("{stage}", with: "plan").replacing(/\{[a-z]+\}/, with: "any")
            let allowed = try await open.call("OPTIONS", filled).header("allow")?.split(separator: ", ").map { $0.lowercased() } ?? []
            for operation in operations.keys where ["get", "put", "post", "delete"].contains(operation) {
                #expect(allowed.contains(operation), "\(operation) \(path) is not served")
            }
        }
    }

    @Test("a service that is told to stop finishes and ends with status 0", arguments: ServiceName.allCases)
    func shutdown(_ service: ServiceName) async throws {
        let process = try self.installation.process(service)
        let reply = try await self.installation.client(service).call("POST", "/shutdown")
        #expect(reply.status == 202)
        #expect(try await process.exitStatus(within: .seconds(12)) == 0)
        try process.restart()
        try await self.installation.untilReady(service)
        process.signal(SIGTERM)
        #expect(try await process.exitStatus(within: .seconds(12)) == 0)
        try process.restart()
        try await self.installation.untilReady(service)
        #expect(try await self.gateway.submit("Deploy an NRF in namespace site-\(service.rawValue)").phase == .published)
    }
}
