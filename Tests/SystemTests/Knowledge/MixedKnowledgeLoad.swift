import Foundation
import HTTPFetch
import Synchronization

/// Requests at a steady rate: searches, a few of them the same, documents that come, change and go, while a bulk ingest runs beside.
struct MixedKnowledgeLoad: Sendable {
    struct Result: CustomStringConvertible {
        var requests = 0
        var errors = 0
        var p50 = Duration.zero
        var p95 = Duration.zero
        var p99 = Duration.zero
        /// Resident memory at the end over that after the first third.
        var growth = 1.0
        var memory = 0

        var description: String {
            let figures = [self.p50, self.p95, self.p99].map { String(format: "%.1f ms", $0.seconds * 1000) }
            return "\(self.requests) requests, \(self.errors) errors, p50 \(figures[0]), p95 \(figures[1]), p99 \(figures[2]), "
                + "\(self.memory >> 20) MiB resident, \(String(format: "%.2f", self.growth)) of the first third"
        }
    }

    let knowledge: KnowledgeProcess
    /// Requests a second.
    let rate: Int
    let seconds: Int

    /// What the requests saw.
    private final class Notes: Sendable {
        private let state = Mutex<(took: [Duration], failures: [String])>(([], []))
        var took: [Duration] { self.state.withLock { $0.took } }
        var failures: [String] { self.state.withLock { $0.failures } }

        func add(took: Duration? = nil, failure: String?) {
            self.state.withLock { state in
                if let took { state.took.append(took) }
                if let failure { state.failures.append(failure) }
            }
        }
    }

    private static let words = ["handover", "slice", "latency", "amf", "smf", "upf", "registration", "session", "policy", "gateway", "energy", "cell", "beam"]

    func run() async throws -> Result {
        let notes = Notes()
        let start = ContinuousClock.now
        let end = start + .seconds(self.seconds)
        var first = 0
        async let bulk: Void = self.bulk(until: end, notes)
        await withTaskGroup(of: Void.self) { group in
            var number = 0
            while ContinuousClock.now < end, !Task.isCancelled {
                let due = start + .seconds(1) * number / self.rate
                try? await Task.sleep(until: due, clock: .continuous)
                let index = number
                group.addTask {
                    // From when it was due: a queue in front of the service counts, too.
                    let failure = await self.request(index)
                    notes.add(took: .now - due, failure: failure)
                }
                number += 1
                if first == 0, ContinuousClock.now - start > .seconds(self.seconds) / 3 { first = self.resident }
            }
        }
        await bulk
        var result = Result()
        let sorted = notes.took.sorted()
        result.requests = sorted.count
        result.errors = notes.failures.count
        for error in notes.failures.prefix(3) { Figure.report("knowledge, mixed: \(error)") }
        func quantile(_ part: Double) -> Duration { sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] }
        (result.p50, result.p95, result.p99) = (quantile(0.5), quantile(0.95), quantile(0.99))
        result.memory = self.resident
        result.growth = first > 0 ? Double(result.memory) / Double(first) : 1
        return result
    }

    private var resident: Int { ProcessFigures(self.knowledge.process.processID)?.resident ?? 0 }

    /// What was wrong; nil when all was well. Of a hundred requests five write.
    private func request(_ number: Int) async -> String? {
        do {
            switch number % 100 {
            case 10, 35, 60, 85:
                let id = "mixed-\(number % 2000)"
                let reply = try await self.knowledge.ingest([(id, "Change \(number) of \(Self.words[number % 13]) and \(Self.words[number / 13 % 13])")])
                return reply.status == 200 ? nil : "ingest: \(reply.status) \(reply.text)"
            case 50:
                let reply = try await self.knowledge.caller.call("DELETE", "/v1/documents/mixed-\((number + 1000) % 2000)")
                return reply.status == 204 || reply.status == 404 ? nil : "delete: \(reply.status)"
            default:
                let query = "\(Self.words[number % 13]) \(Self.words[number / 7 % 13]) \(number % 3 == 0 ? "common" : "n\(number)")"
                let reply = try await self.knowledge.caller.call("POST", "/v1/search", json: #"{"query":"\#(query)"}"#)
                return reply.status == 200 ? nil : "search: \(reply.status) \(reply.text)"
            }
        } catch {
            return "\(error)"
        }
    }

    /// The same five hundred documents over and over, each time changed: the store is written to all the time and does not grow.
    private func bulk(until end: ContinuousClock.Instant, _ notes: Notes) async {
        var round = 0
        while ContinuousClock.now < end, !Task.isCancelled {
            for batch in 0..<5 where ContinuousClock.now < end {
                let documents = (0..<100).map { index in
                    (
                        "bulk-\(batch * 100 + index)",
                        "Round \(round) document \(index): " + (0..<60).map { Self.words[(index * 7 + $0 * 3 + round) % 13] }.joined(separator: " ")
                    )
                }
                do {
                    let reply = try await self.knowledge.ingest(documents)
                    if reply.status != 200 { notes.add(failure: "bulk: \(reply.status) \(reply.text)") }
                } catch {
                    notes.add(failure: "bulk: \(error)")
                }
                try? await Task.sleep(for: .milliseconds(200))
            }
            round += 1
        }
    }
}
