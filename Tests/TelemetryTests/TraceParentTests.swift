import Testing

@testable import Telemetry

@Suite struct TraceParentTests {
    @Test(
        "a header is read and written unchanged",
        arguments: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-00000000000000010000000000000000-0000000000000001-00"])
    func roundTrip(_ header: String) throws {
        #expect(try #require(TraceParent(header)).description == header)
    }

    @Test(
        "what the standard forbids is no header",
        arguments: [
            "", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01", "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ])
    func refused(_ header: String) { #expect(TraceParent(header) == nil) }

    @Test("a later version with more to say is read")
    func later() { #expect(TraceParent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more") != nil) }

    @Test("a child keeps the trace and has a span of its own")
    func child() {
        let parent = TraceParent.generate()
        let child = parent.child()
        #expect(child.traceID == parent.traceID && child.span != parent.span && parent.traceID.utf8.count == 32)
    }

    @Test("what is handed on carries the trace and the deadline")
    func headers() {
        let trace = TraceParent.generate()
        let headers = Correlation(trace: trace, deadline: 17).headers
        #expect(headers[0].0 == "traceparent" && headers[0].1.contains(trace.traceID))
        #expect(headers[1] == ("nephoran-deadline", "17"))
    }
}
