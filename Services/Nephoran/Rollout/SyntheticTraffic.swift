import Foundation
import HTTPFetch
import IntentModel
import Synchronization

/// Intents that are there to be counted. They take the preview path wherever they are sent to, so that they change nothing of the network.
struct SyntheticTraffic: Sendable {
    struct Result: Sendable {
        var requests = 0
        /// Answers with 5xx, and none.
        var failures = 0
        /// Seconds, of every request.
        var latencies: [Double] = []
        var intents = 0
        /// Accepted, followed without a failure, and ended well.
        var good = 0
        var fault: String?

        var p95: Double? {
            guard !self.latencies.isEmpty else { return nil }
            let sorted = self.latencies.sorted()
            return sorted[min(sorted.count - 1, Int((Double(sorted.count) * 0.95).rounded(.up)) - 1)]
        }
    }

    private static let atOnce = 4

    private final class Tally: Sendable {
        private let result = Mutex(Result())
        func withLock<Value: Sendable>(_ body: (inout sending Result) -> sending Value) -> Value { self.result.withLock(body) }
    }

    let base: String
    let token: String?
    let fetcher: HTTPFetcher

    /// - Parameter run: in their names, so that they are known.
    func send(_ count: Int, of run: String, within limit: Duration = RolloutOptions.patience) async -> Result {
        let result = Tally()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= Self.atOnce { await group.next() }
                group.addTask { await self.follow(number, of: run, within: limit, result) }
            }
        }
        return result.withLock { $0 }
    }

    private func follow(_ number: Int, of run: String, within limit: Duration, _ result: Tally) async {
        result.withLock { $0.intents += 1 }
        let deadline = ContinuousClock.now + limit
        let namespace = "preview-\(run)-\(number)"
        // Critical, so that the callers' load sheds it last: it is few, and no upgrade could be judged under load otherwise.
        let body = #"{"intent":"Deploy AMF with 2 replicas","namespace":"\#(namespace)","priority":"critical","labels":{"rollout":"\#(run)"}}"#
        var isClean = true
        func note(_ answer: FetchResponse?, _ what: String) {
            guard answer.map({ $0.status >= 500 }) ?? true else { return }
            isClean = false
            result.withLock { $0.fault = $0.fault ?? "\(what) was answered \(answer.map { "\($0.status)" } ?? "not at all")" }
        }
        let accepted = await self.submit(Array(body.utf8), until: deadline, result)
        note(accepted, "a submission")
        guard let accepted, accepted.status == 202, let id = Self.field("id", accepted.body) else {
            if let accepted, accepted.status < 500 { result.withLock { $0.fault = $0.fault ?? "a submission was answered \(accepted.status)" } }
            return
        }
        while ContinuousClock.now < deadline {
            let answer = await self.ask("GET", "/v1/intents/\(id)", nil, result)
            note(answer, "a look at an intent")
            if let answer, answer.status == 200, let phase = Self.field("phase", answer.body).flatMap(Phase.init(rawValue:)) {
                // An installation may want a person for everything: as far as that it got.
                if phase == .published || phase == .fulfilled || phase == .awaitingApproval {
                    if isClean { result.withLock { $0.good += 1 } }
                    return
                }
                if phase.isTerminal || phase.awaitsPerson {
                    result.withLock { $0.fault = $0.fault ?? "a synthetic intent ended \(phase.rawValue)" }
                    return
                }
            }
            guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { return }
        }
        result.withLock { $0.fault = $0.fault ?? "a synthetic intent was not at its end within \(limit)" }
    }

    /// What is shed says how much there is to do, and nothing of the release: it is asked again when it is said to be taken.
    private func submit(_ body: [UInt8], until deadline: ContinuousClock.Instant, _ result: Tally) async -> FetchResponse? {
        while true {
            let answer = await self.ask("POST", "/v1/intents", body, result)
            guard let answer, Self.isShed(answer), ContinuousClock.now < deadline else { return answer }
            let pause = answer.header("retry-after").flatMap { Int($0) } ?? 1
            guard (try? await Task.sleep(for: .seconds(min(max(pause, 1), 5)))) != nil else { return answer }
        }
    }

    private static func isShed(_ answer: FetchResponse) -> Bool { answer.status == 503 && self.field("code", answer.body) == "overloaded" }

    private func ask(_ method: String, _ path: String, _ body: [UInt8]?, _ result: Tally) async -> FetchResponse? {
        var headers = [("canary", "true")]
        if body != nil { headers.append(("content-type", "application/json")) }
        if let token { headers.append(("authorization", "Bearer \(token)")) }
        let start = ContinuousClock.now
        let answer = try? await self.fetcher.fetch(
            FetchRequest(method: method, url: self.base + path, headers: headers, body: body, timeout: .seconds(10)))
        let took = start.duration(to: .now) / .seconds(1)
        result.withLock { result in
            if method == "POST", let answer, Self.isShed(answer) { return }
            result.requests += 1
            result.latencies.append(took)
            if answer.map({ $0.status >= 500 }) ?? true { result.failures += 1 }
        }
        return answer
    }

    private static func field(_ name: String, _ body: [UInt8]) -> String? {
        ((try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any])?[name] as? String
    }
}
