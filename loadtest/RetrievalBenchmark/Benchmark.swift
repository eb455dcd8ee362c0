import Hummingbird
import KeywordIndex

/// `RetrievalBenchmark keywords [PASSAGES]`: the index of words by itself. `RetrievalBenchmark corpus PASSAGES`: documents as NDJSON.
/// `RetrievalBenchmark queries COUNT`: search requests, one a line. `RetrievalBenchmark fixed PORT BYTES`: a server with one fixed answer.
@main
struct Benchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        let number = arguments.dropFirst().first.flatMap { Int($0) }
        switch arguments.first {
        case "keywords": self.keywords(number ?? 100_000)
        case "corpus":
            var corpus = SampleCorpus()
            for index in 0..<(number ?? 100_000) {
                print(#"{"id":"sample-\#(index)","title":"\#(corpus.title())","text":"\#(corpus.text())","source":"sample"}"#)
            }
        case "queries":
            var corpus = SampleCorpus(seed: 88_172_645_463_325_252)
            for _ in 0..<(number ?? 1000) { print(#"{"query":"\#(corpus.query())","mode":"keyword"}"#) }
        case "fixed": try await self.fixed(port: number ?? 0, bytes: arguments.dropFirst(2).first.flatMap { Int($0) } ?? 8000)
        default: print("usage: RetrievalBenchmark keywords [PASSAGES] | corpus PASSAGES | queries COUNT | fixed PORT BYTES")
        }
    }

    private static func keywords(_ count: Int) {
        var corpus = SampleCorpus()
        let index = KeywordIndex()
        var making: Duration = .zero
        let batch = 2000
        for start in stride(from: 0, to: count, by: batch) {
            let passages = (start..<min(start + batch, count)).map { number in
                IndexedPassage(number: Int64(number + 1), group: Int64(number + 1), title: corpus.title(), heading: "", text: corpus.text())
            }
            let begin = ContinuousClock.now
            index.apply(removing: [], adding: [PassageTerms(passages, weights: index.weights)], mark: [])
            making += .now - begin
        }
        let snapshot = index.snapshot
        let analyzer = TermAnalyzer()
        var questions = SampleCorpus(seed: 88_172_645_463_325_252)
        let queries = (0..<2000).map { _ in KeywordQuery(terms: analyzer.terms(of: questions.query()).map { .init(term: $0.term, word: $0.word) }) }
        print("\(count) passages in \(snapshot.segmentCount) segments, \(snapshot.bytes >> 20) MiB, \(Int(Double(count) / (making / .seconds(1)))) passages/s")
        for limit in [10, 100] {
            var took: [Duration] = []
            var found = 0
            for query in queries {
                let begin = ContinuousClock.now
                found += snapshot.search(query, limit: limit).count
                took.append(.now - begin)
            }
            took.sort()
            func milliseconds(_ part: Double) -> Double { ((took[Int(Double(took.count - 1) * part)] / .microseconds(1))).rounded() / 1000 }
            print("top \(limit): p50 \(milliseconds(0.5)) ms, p95 \(milliseconds(0.95)) ms, p99 \(milliseconds(0.99)) ms (\(found) found)")
        }
    }

    private static func fixed(port: Int, bytes: Int) async throws {
        let answer = ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes)
        let router = Router()
        router.post("/v1/search") { request, _ in
            _ = try await request.body.collect(upTo: 65_536)
            return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: answer))
        }
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
        try await application.runService()
    }
}
