import Testing

@testable import Telemetry

@Suite struct TracerTests {
    private let caller = TraceParent(traceHigh: 1, traceLow: 2, span: 3, isSampled: true)
    private let unsampled = TraceParent(traceHigh: 1, traceLow: 2, span: 3, isSampled: false)

    private func tracer(_ sampler: TraceSampler, limit: Int = 100) -> Tracer {
        let tracer = Tracer()
        tracer.start(sampler, limit: limit)
        return tracer
    }

    @Test("off, a request keeps its caller's trace and nothing is recorded")
    func off() {
        let tracer = Tracer()
        let trace = tracer.enter(self.caller)
        #expect(trace.traceLow == 2 && trace.span != 3)
        #expect(tracer.begin("x", .internal, under: self.caller) == nil)
        tracer.record(EndedSpan("x", .internal, self.caller, parent: 0, start: 0))
        #expect(tracer.take(10).isEmpty && tracer.dropped == 0)
    }

    @Test("a sampler by the caller's decision keeps to it; the others decide for themselves")
    func parents() throws {
        for name in TraceSampler.names {
            let sampler = try #require(TraceSampler(name: name, ratio: 0))
            let followed = sampler.followsParent
            #expect(followed == name.hasPrefix("parentbased"))
            #expect(sampler.samples(traceLow: 9, parent: self.caller) == (followed || name == "always_on"), "\(name)")
            #expect(sampler.samples(traceLow: 9, parent: self.unsampled) == (!followed && name == "always_on"), "\(name)")
            #expect(sampler.samples(traceLow: 9, parent: nil) == name.hasSuffix("always_on"), "\(name)")
        }
        #expect(TraceSampler(name: "xray", ratio: 1) == nil)
    }

    @Test("by ratio, that part of the traces is recorded, and the same by everybody", arguments: [0.0, 0.01, 0.3, 1.0])
    func ratio(_ ratio: Double) {
        let (one, other) = (self.tracer(TraceSampler(.ratio(ratio))), TraceSampler(.ratio(ratio)))
        var count = 0
        for _ in 0..<20_000 {
            let trace = one.enter(nil)
            #expect(other.samples(traceLow: trace.traceLow, parent: nil) == trace.isSampled)
            if trace.isSampled { count += 1 }
        }
        // Six standard deviations.
        #expect(abs(Double(count) - ratio * 20_000) <= 6 * (ratio * (1 - ratio) * 20_000).squareRoot() + 0.5)
    }

    @Test("a full queue drops the newest and counts them; it never grows")
    func bound() {
        let tracer = self.tracer(TraceSampler(.always), limit: 3)
        for number in 0..<5 { tracer.begin("\(number)", .internal, under: self.caller)?.end() }
        #expect(tracer.waiting == 3 && tracer.dropped == 2)
        #expect(tracer.take(2).map(\.name) == ["0", "1"])
        #expect(tracer.take(2).map(\.name) == ["2"])
        #expect(tracer.take(2).isEmpty)
    }

    @Test("a span is a part of the one before it, ends once, and not at all when it is discarded")
    func spans() throws {
        let tracer = self.tracer(TraceSampler(.always))
        let outer = try #require(tracer.begin("outer", .server, under: self.caller, traceState: "v=1"))
        let inner = try #require(tracer.begin("inner", .client, under: outer.context, traceState: outer.traceState))
        inner.set("http.request.method", "GET")
        inner.end(status: 404)
        inner.end()
        try #require(tracer.begin("unsaid", .internal, under: outer.context)).discard()
        outer.end()
        outer.set("late", "x")
        let spans = tracer.take(10)
        #expect(spans.map(\.name) == ["inner", "outer"])
        #expect(spans[0].parent == outer.context.span && spans[1].parent == 3 && spans.allSatisfy { $0.context.traceLow == 2 && $0.traceState == "v=1" })
        #expect(spans[0].error == "404" && spans[0].attributes.contains(SpanAttribute("http.response.status_code", 404)))
        #expect(spans[1].error == nil && spans[1].attributes.isEmpty && spans[1].end >= spans[1].start)
        #expect(tracer.begin("x", .internal, under: self.unsampled) == nil, "what is not sampled has no spans")
    }

    @Test("links have a bound")
    func links() throws {
        let tracer = self.tracer(TraceSampler(.always))
        let span = try #require(tracer.begin("batch", .internal, under: self.caller))
        for _ in 0..<(LiveSpan.maxLinks + 5) { span.link(self.unsampled) }
        span.end()
        #expect(tracer.take(1).first?.links.count == LiveSpan.maxLinks)
    }

    @Test("of an address a span tells host and port, nothing else")
    func server() {
        func told(_ url: String) -> [SpanAttribute] { CallSpans.server(url) }
        #expect(told("http://ric:8080/a1?key=x") == [SpanAttribute("server.address", "ric"), SpanAttribute("server.port", 8_080)])
        #expect(told("https://user:secret@model.example/v1") == [SpanAttribute("server.address", "model.example"), SpanAttribute("server.port", 443)])
        #expect(told("http://[::1]:9/") == [SpanAttribute("server.address", "[::1]"), SpanAttribute("server.port", 9)])
        #expect(told("http://[::1]") == [SpanAttribute("server.address", "[::1]"), SpanAttribute("server.port", 80)])
    }

    @Test("tracestate is passed on unless it is too long or could be misread")
    func traceState() {
        #expect(TraceState.accepted("rojo=00f067aa0ba902b7,congo=t61") == "rojo=00f067aa0ba902b7,congo=t61")
        #expect(TraceState.accepted(nil).isEmpty && TraceState.accepted("a=\u{7}").isEmpty && TraceState.accepted("a=é").isEmpty)
        #expect(TraceState.accepted(String(repeating: "a", count: 513)).isEmpty)
    }
}
