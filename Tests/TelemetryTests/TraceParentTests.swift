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

    @Test(
        "times are RFC 3339 in UTC with milliseconds",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_000, "2024-02-29T23:59:59.000Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ])
    func times(_ milliseconds: Int64, _ text: String) { #expect(RFC3339.format(milliseconds: milliseconds) == text) }
}
