import TestSupport
import Testing

@testable import Telemetry

@Suite struct MutationTests {
    @Test("whatever a caller sends as its place in a trace, what is taken is handed on as it came")
    func traceParents() throws {
        let seeds = ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more"]
        try Mutations("trace-parent", seeds: seeds.map { Array($0.utf8) }).run(rounds: 20_000) { bytes throws in
            guard let trace = TraceParent(String(decoding: bytes, as: UTF8.self)) else { return }
            try #require(TraceParent(trace.description) == trace)
        }
    }
}
