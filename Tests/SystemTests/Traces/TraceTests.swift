import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// One trace an intent, through all services, as a collector sees it.
    @Suite("traces") struct TraceTests {
        private typealias Span = OTLPReceiver.ReceivedSpan

        /// Whoever reads it knows that nobody's words may be in a span.
        private static let sentence = "Deploy an eMBB slice with 200 Mbps downlink throughput in namespace slices"
        private static let trace = "0af7651916cd43dd8448eb211c80319c"
        private static let callerSpan = "b7ad6b7169203331"
        private static let caller = [("traceparent", "00-\(trace)-\(callerSpan)-01"), ("tracestate", "vendor=mine")]

        private static func submit(_ installation: Installation, headers: [(String, String)] = caller) async throws -> IntentID {
            let reply = try await installation.gateway.call("POST", "/v1/intents", json: #"{"intent": "\#(Self.sentence)"}"#, headers: headers)
            #expect(reply.status == 202, "\(reply.text)")
            return try #require((reply["id"] as? String).flatMap { IntentID($0) })
        }

        private static func settings(_ collector: String, _ ric: FakeRIC, _ model: FakeModelServer) -> [String: String] {
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=secret%20word", "A1_URL": "east=\(ric.url)",
                "PLMN": "001-01", "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "LLM_STREAMING": "false",
            ]
        }

        /// The spans of the trace once all of `names` are there and the parents of all; what is there after a while otherwise. Each service sends
        /// its own by its own clock, so that a parent may come after its children.
        private static func spans(_ collector: OTLPReceiver, _ trace: String, with names: Set<String>) async throws -> [Span] {
            let end = ContinuousClock.now + .seconds(20)
            while true {
                let spans = collector.spans.filter { $0.traceID == trace }
                let known = Set(spans.map(\.spanID)).union([Self.callerSpan])
                let isComplete = names.isSubset(of: spans.map(\.name)) && spans.allSatisfy { known.contains($0.parentID) }
                if isComplete || ContinuousClock.now > end { return spans }
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        private static func span(_ name: String, _ service: ServiceName, in spans: [Span]) throws -> Span {
            try #require(
                spans.first { $0.name == name && $0.service == service.rawValue },
                "\(service.rawValue): \(name) in \(spans.map { "\($0.service): \($0.name)" })")
        }

        @Test("an intent is one trace with a span in each service and the right parents across the queue, a restart in between")
        func oneTrace() async throws {
            let (ric, model, collector) = (try await FakeRIC.start(), try await FakeModelServer.start(), try await OTLPReceiver.start())
            ric.setInitialStatus(["enforceStatus": "ENFORCED"])
            let installation = try await Installation.start(Self.settings(collector.url, ric, model))
            defer { installation.stop() }

            // Planned by a process that was not there when it was accepted and interpreted, by processes that are others now.
            let generator = try installation.process(.generator)
            generator.kill()
            let id = try await Self.submit(installation)
            let end = ContinuousClock.now + .seconds(30)
            while try await installation.gateway.record(id).phase != .planning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await installation.gateway.record(id).phase == .planning)
            _ = try await Self.spans(collector, Self.trace, with: ["process interpret", "POST /v1/intents"])
            try await installation.killAndRestart(.gateway)
            try await installation.killAndRestart(.interpreter)
            try generator.restart()
            let record = try await installation.gateway.settled(id)
            #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            #expect(record.tracks.mapValues(\.state) == ["delivery": .succeeded, "ran": .succeeded])

            let spans = try await Self.spans(collector, Self.trace, with: ["process verify", "process policy", "POST /v1/search"])
            #expect(Set(spans.map(\.service)) == Set(ServiceName.allCases.map(\.rawValue)), "a span in each service")
            #expect(collector.problems.isEmpty, "\(collector.problems)")

            let server = try Self.span("POST /v1/intents", .gateway, in: spans)
            #expect(server.parentID == Self.callerSpan && server.traceState == "vendor=mine" && server.kind == 2)
            let accepted = try Self.span("send interpret", .gateway, in: spans)
            #expect(accepted.parentID == server.spanID && accepted.kind == 4)
            let read = try Self.span("process interpret", .interpreter, in: spans)
            #expect(read.parentID == accepted.spanID && read.kind == 5 && read.traceState == "vendor=mine")
            let planned = try Self.span("process plan", .generator, in: spans)
            #expect(planned.parentID == read.spanID)
            let published = try Self.span("process publish", .bridge, in: spans)
            let applied = try Self.span("process policy", .adaptor, in: spans)
            #expect(published.parentID == planned.spanID && applied.parentID == planned.spanID, "both tracks hang on the plan that began them")
            let verified = try Self.span("process verify", .bridge, in: spans)
            #expect(verified.parentID == published.spanID || verified.parentID == applied.spanID, "and what follows on the one that ended last")

            // Within the services.
            let interpreted = try Self.span("interpret", .interpreter, in: spans)
            #expect(interpreted.parentID == read.spanID)
            let retrieved = try Self.span("retrieve", .interpreter, in: spans)
            let search = try Self.span("POST /v1/search", .knowledge, in: spans)
            let asked = try #require(spans.first { $0.spanID == search.parentID }, "the search is a part of the call that asked for it")
            #expect(asked.service == "llm-processor" && asked.kind == 3 && asked.parentID == retrieved.spanID)
            let chat = try Self.span("chat fake", .interpreter, in: spans)
            #expect(chat.attributes["gen_ai.request.model"] == "fake" && chat.attributes["http.response.status_code"] == "200")
            #expect(try Self.span("plan", .generator, in: spans).parentID == planned.spanID)
            let batch = try Self.span("publish batch", .bridge, in: spans)
            #expect(batch.parentID == published.spanID && batch.links == ["\(Self.trace)-\(published.spanID)"])
            let put = try Self.span("PUT", .adaptor, in: spans)
            #expect(put.parentID == applied.spanID && put.attributes["nephoran.oran.ric"] == "east")
            #expect(spans.filter { $0.name.hasPrefix("process ") }.allSatisfy { $0.attributes["nephoran.intent.id"] == id.description })

            // A tree: no span twice, no parent that nobody has told, no end before the start.
            #expect(Set(spans.map(\.spanID)).count == spans.count)
            let known = Set(spans.map(\.spanID)).union([Self.callerSpan])
            for span in spans { #expect(known.contains(span.parentID) && span.end >= span.start, "\(span.service): \(span.name)") }

            // Nothing that a person wrote or that is secret.
            for text in spans.flatMap({ [$0.name] + $0.attributes.map { "\($0)=\($1)" } }) {
                #expect(!text.contains("eMBB") && !text.contains(Installation.token) && !text.contains("secret word"), "\(text)")
            }
            #expect(collector.headers.allSatisfy { $0["x-key"] == "secret word" } && !collector.headers.isEmpty)
            for service in ServiceName.allCases {
                let log = try String(contentsOfFile: installation.process(service).log, encoding: .utf8)
                #expect(!log.contains("secret word") && !log.contains("secret%20word"), "\(service.rawValue)")
            }

            // A measurement leads to a trace.
            let page = try await installation.client(.bridge).call(
                "GET", "/metrics", headers: [("accept", "application/openmetrics-text;version=1.0.0")]
            ).text
            let line = page.split(separator: "\n").first {
                $0.hasPrefix("nephoran_processing_duration_seconds_bucket") && $0.contains("# {trace_id=\"\(Self.trace)\"")
            }
            #expect(line != nil && page.hasSuffix("# EOF\n"))
            for server in [ric.stop, model.stop, collector.stop] { await server() }
        }

        @Test("what the caller does not want recorded is not, and a person's decision is a part of the intent's trace")
        func sampledAndDecided() async throws {
            let (ric, model, collector) = (try await FakeRIC.start(), try await FakeModelServer.start(), try await OTLPReceiver.start())
            ric.setInitialStatus(["enforceStatus": "ENFORCED"])
            let installation = try await Installation.start(Self.settings(collector.url, ric, model))
            defer { installation.stop() }
            let unsampled = "1af7651916cd43dd8448eb211c80319c"
            let quiet = try await Self.submit(installation, headers: [("traceparent", "00-\(unsampled)-\(Self.callerSpan)-00")])
            #expect(try await installation.gateway.settled(quiet).phase == .published)

            let reply = try await installation.gateway.call(
                "POST", "/v1/intents", json: #"{"intent": "Deploy an AMF with 2 replicas in namespace asked", "approval": "required"}"#, headers: Self.caller)
            let id = try #require((reply["id"] as? String).flatMap { IntentID($0) })
            #expect(try await installation.gateway.settled(id).phase == .awaitingApproval)
            _ = try await installation.gateway.decide("approve", id)
            #expect(try await installation.gateway.settled(id).phase == .published)
            let spans = try await Self.spans(collector, Self.trace, with: ["process verify", "process publish", "decide"])
            let decided = try Self.span("decide", .gateway, in: spans)
            let plans = spans.filter { $0.name == "process plan" }
            #expect(plans.contains { $0.spanID == decided.parentID }, "the decision follows the plan it is about")
            let approving = try #require(decided.links.first)
            #expect(!approving.hasPrefix(Self.trace), "and is linked to the request that brought it, which is a trace of its own")
            let published = try Self.span("process publish", .bridge, in: spans)
            let parent = try #require(spans.first { $0.spanID == published.parentID })
            #expect(parent.spanID == decided.spanID || parent.parentID == decided.spanID, "what follows is a part of the decision")
            #expect(!collector.spans.contains { $0.traceID == unsampled })
            // Nor did any service begin one of its own where it was asked on behalf of that intent.
            let begun = collector.spans.filter { $0.parentID.isEmpty && $0.kind == 2 && $0.service != "api-gateway" && $0.service != "rag-api" }
            #expect(begun.isEmpty, "\(begun.map(\.name))")
            for server in [ric.stop, model.stop, collector.stop] { await server() }
        }

        @Test("a collector that is away, slow or unwilling changes nothing but a counter", arguments: ["away", "slow", "unwilling"])
        func collectorInTrouble(_ trouble: String) async throws {
            let (ric, model, collector) = (try await FakeRIC.start(), try await FakeModelServer.start(), try await OTLPReceiver.start())
            ric.setInitialStatus(["enforceStatus": "ENFORCED"])
            switch trouble {
            case "away": await collector.stop()
            case "slow": collector.answer(.never)
            default: collector.answer(.status(400))
            }
            let installation = try await Installation.start(Self.settings(collector.url, ric, model))
            defer { installation.stop() }
            for number in 0..<5 {
                let record = try await installation.gateway.submit("Deploy an AMF with 2 replicas in namespace calm-\(number)")
                #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            }
            let reason = trouble == "unwilling" ? "rejected" : "unreachable"
            try await eventually(within: .seconds(40)) {
                let page = try await installation.client(.bridge).call("GET", "/metrics").text
                return page.split(separator: "\n").contains {
                    $0.hasPrefix("nephoran_spans_dropped_total{") && $0.contains("reason=\"\(reason)\"") && !$0.hasSuffix(" 0")
                }
            }
            // Nor does it keep a service from ending in time.
            let bridge = try installation.process(.bridge)
            let start = ContinuousClock.now
            bridge.signal(SIGTERM)
            #expect(try await bridge.exitStatus(within: .seconds(10)) == 0)
            #expect(ContinuousClock.now - start < .seconds(8))
            for server in [ric.stop, model.stop, collector.stop] { await server() }
        }
    }
}
