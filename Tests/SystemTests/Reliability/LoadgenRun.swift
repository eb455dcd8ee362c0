import Foundation
import Subprocess
import TestSupport

/// A run of our `loadgen`: requests at a constant rate, whatever becomes of those before, from a process that costs little.
struct LoadgenRun: Sendable {
    struct NotRead: Error, CustomStringConvertible { let description: String }

    private struct Report: Decodable {
        struct Flow: Decodable {
            struct Times: Decodable { var p99: Double }

            var statuses: [String: Int]
            var faults: [String: Int]
            var latency: Times
        }

        var flows: [Flow]
    }

    /// By status, and what went wrong otherwise.
    let statuses: [String: Int]
    let faults: [String: Int]
    /// From when a request was due.
    let p99: Duration

    /// - Parameter bodies: taken in turn.
    static func post(_ bodies: [String], to url: String, key: String, rate: Int, clients: Int, for time: Duration) async throws -> LoadgenRun {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        try bodies.joined(separator: "\n").write(toFile: directory.file("bodies"), atomically: true, encoding: .utf8)
        try key.write(toFile: directory.file("key"), atomically: true, encoding: .utf8)
        let result = try await Subprocess.run(
            .path(.init(Executables.path(named: "loadgen"))),
            arguments: [
                "-z", "\(Int(time.seconds))s", "--rate", "\(rate)", "-c", "\(clients)", "-m", "POST", "-T", "application/json", "--bodies",
                directory.file("bodies"), "--token-file", directory.file("key"), "--json", directory.file("report"), "--quiet", url,
            ], output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        guard let data = FileManager.default.contents(atPath: directory.file("report")),
            let flow = try JSONDecoder().decode(Report.self, from: data).flows.first
        else { throw NotRead(description: "loadgen said: \(result.standardError)") }
        return LoadgenRun(statuses: flow.statuses, faults: flow.faults, p99: .milliseconds(flow.latency.p99))
    }
}
