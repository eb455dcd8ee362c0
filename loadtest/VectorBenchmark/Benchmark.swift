import Embeddings
import Foundation
import VectorIndex

/// Measures what `loadtest/vectors` compares with others, one JSON object a run:
///
///     VectorBenchmark embed MODEL_DIRECTORY TEXTS        a text a line: a query's time on one thread
///     VectorBenchmark bulk MODEL_DIRECTORY TEXTS         passages on as many threads as there are processors
///     VectorBenchmark search DIMENSIONS ROWS QUERIES     files of 32-bit floats: a search's time on one thread, and what was found
@main
struct Benchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("embed", 4): try await self.embed(arguments[2], try self.lines(arguments[3]))
        case ("bulk", 4): try await self.bulk(arguments[2], try self.lines(arguments[3]))
        case ("search", 5): try self.search(Int(arguments[2]) ?? 0, arguments[3], arguments[4])
        default:
            print("usage: VectorBenchmark embed|bulk MODEL_DIRECTORY TEXTS | search DIMENSIONS ROWS QUERIES")
            exit(2)
        }
    }

    private static func embed(_ directory: String, _ texts: [String]) async throws {
        var configuration = TransformerEmbedder.Configuration(directory: directory)
        configuration.threads = 1
        let embedder = try await TransformerEmbedder.load(configuration)
        var vectors: [[Float]] = [], times: [Double] = []
        for round in 0..<20 {
            for text in texts {
                let start = ContinuousClock.now
                let vector = try await embedder.embed([text], for: .query, deadline: nil)
                times.append(start.duration(to: .now) / .milliseconds(1))
                if round == 0 { vectors += vector }
            }
        }
        try self.report(["milliseconds": self.median(times), "vectors": vectors])
    }

    private static func bulk(_ directory: String, _ texts: [String]) async throws {
        let embedder = try await TransformerEmbedder.load(.init(directory: directory))
        _ = try await embedder.embed(Array(texts.prefix(32)), for: .passage, deadline: nil)
        let start = ContinuousClock.now
        for first in stride(from: 0, to: texts.count, by: 256) {
            _ = try await embedder.embed(Array(texts[first..<min(first + 256, texts.count)]), for: .passage, deadline: nil)
        }
        try self.report(["perSecond": Double(texts.count) / (start.duration(to: .now) / .seconds(1))])
    }

    private static func search(_ dimensions: Int, _ rows: String, _ queries: String) throws {
        let index = VectorIndex(model: "benchmark", dimensions: dimensions)
        let vectors = try self.floats(rows, dimensions), queries = try self.floats(queries, dimensions)
        var start = ContinuousClock.now
        for first in stride(from: 0, to: vectors.count, by: 4_096) {
            try index.put((first..<min(first + 4_096, vectors.count)).map { (id: Int64($0), vector: vectors[$0]) })
        }
        let build = start.duration(to: .now) / .seconds(1)
        let path = NSTemporaryDirectory() + "vector-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try index.save(to: path, generation: 1)
        start = .now
        let opened = try VectorIndex.open(path: path, model: "benchmark", dimensions: dimensions)
        let opening = start.duration(to: .now) / .seconds(1)
        var times: [Double] = [], found: [[Int64]] = []
        for query in queries { found.append(try index.search(query, limit: 10).map(\.id)) }
        for _ in 0..<3 {
            for query in queries {
                start = .now
                let hits = try opened.search(query, limit: 10)
                times.append(start.duration(to: .now) / .milliseconds(1))
                precondition(hits.count == min(10, vectors.count))
            }
        }
        times.sort()
        try self.report([
            "milliseconds": self.median(times), "p99": times[times.count * 99 / 100], "found": found, "build": build, "open": opening,
            "bytes": index.bytes,
        ])
    }

    private static func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static func floats(_ path: String, _ dimensions: Int) throws -> [[Float]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return stride(from: 0, to: numbers.count, by: dimensions).map { Array(numbers[$0..<$0 + dimensions]) }
    }

    private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

    private static func report(_ object: [String: Any]) throws {
        FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: object, options: .sortedKeys))
    }
}
