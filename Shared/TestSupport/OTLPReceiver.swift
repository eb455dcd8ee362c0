import HTTPTypes
import Hummingbird
import Synchronization

/// A collector of traces: takes `ExportTraceServiceRequest` in protobuf at `/v1/traces` (OTLP/HTTP) and remembers every span.
package final class OTLPReceiver: Sendable {
    package struct ReceivedSpan: Sendable, Equatable {
        /// `service.name` of its resource.
        package var service: String
        package var traceID: String
        package var spanID: String
        /// Empty for the first span of a trace.
        package var parentID: String
        package var traceState: String
        package var name: String
        /// 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
        package var kind: Int
        package var start: UInt64
        package var end: UInt64
        package var attributes: [String: String]
        /// Trace and span ids, with a dash between.
        package var links: [String]
        package var isError: Bool
    }

    package enum Answer: Sendable { case ok, status(Int), never }

    private final class Log: Sendable {
        struct State {
            var spans: [ReceivedSpan] = []
            var headers: [[String: String]] = []
            var problems: [String] = []
            var answer = Answer.ok
        }
        let state = Mutex(State())
    }

    private let log: Log
    private let server: LoopbackServer

    package static func start() async throws -> OTLPReceiver {
        let log = Log()
        let router = Router(context: BasicRequestContext.self)
        router.post("/v1/traces") { request, _ in
            let body = Array(try await request.body.collect(upTo: 8 << 20).readableBytesView)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let answer = log.state.withLock { state in
                state.headers.append(headers)
                guard case .ok = state.answer else { return state.answer }
                guard headers["content-type"] == "application/x-protobuf" else {
                    state.problems.append("content type \(headers["content-type"] ?? "none")")
                    return .status(415)
                }
                do { state.spans += try Self.spans(of: body) } catch {
                    state.problems.append("a request cannot be read: \(error)")
                    return .status(400)
                }
                return .ok
            }
            switch answer {
            case .ok: return Response(status: .ok, headers: [.contentType: "application/x-protobuf"])
            case .status(let code): return Response(status: .init(code: code))
            case .never:
                try await Task.sleep(for: .seconds(3_600))
                return Response(status: .ok)
            }
        }
        return OTLPReceiver(log: log, server: try await LoopbackServer.start(router))
    }

    private init(log: Log, server: LoopbackServer) {
        self.log = log
        self.server = server
    }

    /// For `OTEL_EXPORTER_OTLP_ENDPOINT`.
    package var url: String { self.server.url }
    package var spans: [ReceivedSpan] { self.log.state.withLock { $0.spans } }
    /// Of every request, names in lower case.
    package var headers: [[String: String]] { self.log.state.withLock { $0.headers } }
    /// What was sent and is no OTLP.
    package var problems: [String] { self.log.state.withLock { $0.problems } }
    package func answer(_ answer: Answer) { self.log.state.withLock { $0.answer = answer } }
    package func stop() async { await self.server.stop() }

    /// Field numbers of opentelemetry-proto 1.x.
    package static func spans(of request: [UInt8]) throws -> [ReceivedSpan] {
        var spans: [ReceivedSpan] = []
        for resourceSpans in try ProtobufReader(request).messages(1) {
            let resource = try resourceSpans.messages(1).first.map { try self.attributes($0, 1) } ?? [:]
            for scopeSpans in try resourceSpans.messages(2) {
                for span in try scopeSpans.messages(2) {
                    spans.append(
                        ReceivedSpan(
                            service: resource["service.name"] ?? "", traceID: span.id(1), spanID: span.id(2), parentID: span.id(4), traceState: span.text(3),
                            name: span.text(5), kind: Int(span.number(6)), start: span.number(7), end: span.number(8),
                            attributes: try self.attributes(span, 9), links: try span.messages(13).map { "\($0.id(1))-\($0.id(2))" },
                            isError: try span.messages(15).contains { $0.number(3) == 2 }))
                }
            }
        }
        return spans
    }

    private static func attributes(_ message: ProtobufReader, _ field: Int) throws -> [String: String] {
        var attributes: [String: String] = [:]
        for pair in try message.messages(field) {
            guard let value = try pair.messages(2).first, let kind = value.fields.first else { continue }
            attributes[pair.text(1)] =
                switch kind.number {
                case 1: value.text(1)
                case 2: value.number(2) == 1 ? "true" : "false"
                case 3: "\(Int64(bitPattern: value.number(3)))"
                case 4: "\(Double(bitPattern: value.number(4)))"
                default: "?"
                }
        }
        return attributes
    }
}
