import Testing

@testable import Telemetry
import TestSupport

@Suite struct OTLPTracesTests {
    static let context = TraceParent(traceHigh: 0x0af7_6519_16cd_43dd, traceLow: 0x8448_eb21_1c80_319c, span: 0xb7ad_6b71_6920_3331, isSampled: true)

    static var span: EndedSpan {
        var span = EndedSpan("GET /a", .server, context, parent: 0x00f0_67aa_0ba9_02b7, start: 1)
        span.end = 2
        return span
    }

    static func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    @Test("a span has the very bytes that the published field numbers and wire types ask for")
    func golden() {
        var span = Self.span
        span.traceState = "a=b"
        span.attributes = [.init("s", "x"), .init("i", .whole(-1)), .init("b", .flag(true)), .init("d", .number(1))]
        span.links = [TraceParent(traceHigh: 1, traceLow: 2, span: 3, isSampled: true)]
        span.error = "e"
        let bytes = OTLPTraces(resource: [.init("service.name", "t")], version: "9").encode([span])
        let expected = [
            "0a e801",  // resource_spans = 1
            "0a 15 0a 13 0a 0c 736572766963652e6e616d65 12 03 0a 01 74",  // resource = 1: attributes = 1: key = 1, value = 2: string_value = 1
            "12 ce01",  // scope_spans = 2
            "0a 0d 0a 08 6e6570686f72616e 12 01 39",  // scope = 1: name = 1, version = 2
            "12 bc01",  // spans = 2
            "0a 10 0af7651916cd43dd8448eb211c80319c",  // trace_id = 1
            "12 08 b7ad6b7169203331",  // span_id = 2
            "1a 03 613d62",  // trace_state = 3
            "22 08 00f067aa0ba902b7",  // parent_span_id = 4
            "2a 06 474554202f61",  // name = 5
            "30 02",  // kind = 6: SERVER
            "39 0100000000000000",  // start_time_unix_nano = 7, fixed64
            "41 0200000000000000",  // end_time_unix_nano = 8
            "4a 08 0a 01 73 12 03 0a 01 78",  // attributes = 9: string_value = 1
            "4a 10 0a 01 69 12 0b 18 ffffffffffffffffff01",  // int_value = 3
            "4a 07 0a 01 62 12 02 10 01",  // bool_value = 2
            "4a 0e 0a 01 64 12 09 21 000000000000f03f",  // double_value = 4
            "4a 11 0a 0a 6572726f722e74797065 12 03 0a 01 65",  // error.type
            "6a 21 0a 10 00000000000000010000000000000002 12 08 0000000000000003 35 01000000",  // links = 13: trace_id, span_id, flags = 6
            "7a 02 18 02",  // status = 15: code = 3: ERROR
            "8501 01000000",  // flags = 16, fixed32
        ].joined().filter { $0 != " " }
        #expect(Self.hex(bytes) == expected)
    }

    @Test("what the collector of the tests reads is what was encoded")
    func readBack() throws {
        var first = Self.span
        first.attributes = [.init("http.route", "/a"), .init("n", 300)]
        var second = EndedSpan("process plan", .consumer, Self.context.child(), parent: Self.context.span, start: 1_790_000_000_000_000_000)
        second.end = second.start + 5
        second.links = [Self.context]
        second.error = "retry"
        let read = try OTLPReceiver.spans(of: OTLPTraces(resource: [.init("service.name", "rag-api")], version: "1").encode([first, second]))
        #expect(read.map(\.name) == ["GET /a", "process plan"] && read.allSatisfy { $0.service == "rag-api" })
        #expect(read[0].attributes == ["http.route": "/a", "n": "300"] && !read[0].isError && read[0].kind == 2)
        #expect(read[0].traceID == "0af7651916cd43dd8448eb211c80319c" && read[0].parentID == "00f067aa0ba902b7")
        #expect(read[1].parentID == "b7ad6b7169203331" && read[1].links == ["0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"] && read[1].isError)
        #expect(read[1].end == 1_790_000_000_000_000_005 && read[1].attributes == ["error.type": "retry"])
    }
}
