import Foundation
import HTTPFetch
import Hummingbird
import IntentModel
import RedisClient
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import APIGateway
@testable import Ledger

/// Callbacks on a real ledger to real receivers.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CallbackTests {
    private static let secret = "a secret of sixteen and more"

    private static func stage(
        _ ledger: Ledger, allowed: [String] = ["127.0.0.0/8"], timeout: Duration = .seconds(2), retryFor: Duration = .seconds(60)
    ) throws -> CallbackStage {
        CallbackStage(
            ledger: ledger, fetcher: HTTPFetcher(), policy: try CallbackPolicy(allowed), signature: { CallbackSignature(secret: self.secret) },
            hosts: CallbackHosts(limit: 4, timeout: timeout), retryFor: retryFor)
    }

    @Test("each event arrives signed, in full, after the receiver has failed first")
    func delivers() async throws {
        let receiver = try await CallbackReceiver.start { $0 <= 3 ? .internalServerError : .noContent }
        try await LedgerFixture.with { fixture in
            let id = try await fixture.submit("watched", callbackUrl: "\(receiver.url)/hook?key=hidden")
            try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 1 } }
            try await fixture.working(try Self.stage(fixture.ledger)) {
                try await eventually(within: .seconds(30)) { receiver.calls.count { $0.answered == .noContent } == 2 }
                try await eventually { try await fixture.ledger.queueStates().allSatisfy { $0.depth == 0 } }
            }
            let calls = receiver.calls.filter { $0.answered == .noContent }
            #expect(receiver.calls.count == calls.count + 3)
            let lines = try #require(try await fixture.ledger.read(id)).historyLines
            #expect(calls.compactMap { $0.event["sequence"] as? Int }.sorted() == Array(1...lines.count))
            for call in receiver.calls {
                let sequence = try #require(call.event["sequence"] as? Int)
                #expect(call.headers["nephoran-event-id"] == "\(id)/\(sequence)")
                #expect(call.path == "/hook?key=hidden" && call.headers["content-type"] == "application/json" && call.headers["traceparent"] != nil)
                let entry = try LedgerJSON.decode(HistoryEntry.self, lines[sequence - 1])
                #expect(call.event["id"] as? String == "\(id)" && call.event["phase"] as? String == entry.phase.rawValue)
                #expect(call.event["at"] as? String == entry.at && call.event["by"] as? String == entry.by)
                let header = try #require(call.headers["nephoran-signature"])
                let seconds = try #require(Int64(header.dropFirst(2).prefix { $0 != "," }))
                #expect(abs(seconds - Timestamp.now() / 1000) < 60)
                #expect(header == CallbackSignature(secret: Self.secret).header(for: call.body, at: seconds))
            }
        }
    }

    @Test("a receiver that is gone (410) is not called again for this intent, and for others it is")
    func gone() async throws {
        let receiver = try await CallbackReceiver.start { _ in .gone }
        try await LedgerFixture.with { fixture in
            let first = try await fixture.submit("first", callbackUrl: receiver.url)
            try await fixture.working(try Self.stage(fixture.ledger)) {
                try await eventually { receiver.calls.count == 1 }
                try await eventually { try await fixture.ledger.read(first)?.notifies == false }
                let second = try await fixture.submit("second", callbackUrl: receiver.url)
                try await eventually { receiver.calls.count == 2 }
                try await eventually { try await fixture.ledger.read(second)?.notifies == false }
                try await fixture.ending { try await eventually { try await fixture.ledger.count(.refused) == 2 } }
            }
            #expect(try await fixture.ledger.queueStates().allSatisfy { $0.depth == 0 && $0.deadLetters == 0 })
            #expect(receiver.calls.count == 2)
        }
    }

    @Test("what nobody takes becomes a dead letter when its time is over, and the record stays as it is")
    func dies() async throws {
        let receiver = try await CallbackReceiver.start { _ in .badRequest }
        try await LedgerFixture.with { fixture in
            let id = try await fixture.submit("watched", callbackUrl: "\(receiver.url)/?key=hidden")
            try await fixture.working(try Self.stage(fixture.ledger, retryFor: .seconds(2))) {
                try await eventually(within: .seconds(20)) { try await fixture.ledger.queueStates().first { $0.stage == .notify }?.deadLetters == 1 }
            }
            let letter = try #require(try await fixture.ledger.deadLetters(.notify, limit: 1, before: nil).first)
            #expect(letter.error == "given up after 2 s: the receiver answered 400" && letter.work?.id == id)
            #expect(receiver.calls.count > 1)
            let snapshot = try #require(try await fixture.ledger.read(id))
            #expect(snapshot.phase == .received && snapshot.sequence == 1)
        }
    }

    @Test("a name that leads to this machine is not connected to", arguments: ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"])
    func refusesLocal(_ host: String) async throws {
        let receiver = try await CallbackReceiver.start { _ in .noContent }
        try await LedgerFixture.with { fixture in
            _ = try await fixture.submit("watched", callbackUrl: "http://\(host):\(receiver.port)/")
            try await fixture.working(try Self.stage(fixture.ledger, allowed: ["public"], retryFor: .milliseconds(1))) {
                try await eventually { try await fixture.ledger.queueStates().first { $0.stage == .notify }?.deadLetters == 1 }
            }
            #expect(try await fixture.ledger.deadLetters(.notify, limit: 1, before: nil).first?.error.contains("may not be connected to") == true)
            #expect(receiver.calls.isEmpty)
        }
    }

    @Test("redirects are not followed")
    func redirects() async throws {
        let target = try await CallbackReceiver.start { _ in .noContent }
        let receiver = try await CallbackReceiver.start(location: target.url) { _ in .temporaryRedirect }
        try await LedgerFixture.with { fixture in
            _ = try await fixture.submit("watched", callbackUrl: receiver.url)
            try await fixture.working(try Self.stage(fixture.ledger, retryFor: .milliseconds(1))) {
                try await eventually { try await fixture.ledger.queueStates().first { $0.stage == .notify }?.deadLetters == 1 }
            }
            #expect(target.calls.isEmpty && receiver.calls.count == 1)
        }
    }

    @Test("receivers that never answer do not hold up another")
    func isolates() async throws {
        let receiver = try await CallbackReceiver.start { _ in .noContent }
        let stuck = try await CallbackReceiver.start { _ in nil }
        try await LedgerFixture.with { fixture in
            for number in 0..<40 { _ = try await fixture.submit("stuck \(number)", callbackUrl: stuck.url) }
            for number in 0..<40 { _ = try await fixture.submit("fine \(number)", callbackUrl: receiver.url) }
            let start = ContinuousClock.now
            try await fixture.working(try Self.stage(fixture.ledger, timeout: .seconds(4))) {
                try await eventually { receiver.calls.count == 40 }
                #expect(ContinuousClock.now - start < .seconds(4))
                #expect(stuck.calls.count <= 4)
            }
        }
    }

    @Test("a host that fails is spared, without the others; and forgotten when there are many")
    func hosts() async throws {
        let hosts = CallbackHosts(limit: 2, maxHosts: 8)
        let mayEnd = Mutex(false)
        let attempt: @Sendable () async -> Bool = {
            let answer = try? await hosts.call("http://a:80") { _ in
                while !mayEnd.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
                return (Judgement(.success), true)
            }
            return answer ?? false
        }
        async let first = attempt()
        async let second = attempt()
        async let third = attempt()
        // One of them waits for its turn, in vain.
        try await Task.sleep(for: .milliseconds(600))  // longer than who waits may wait
        mayEnd.withLock { $0 = true }
        let taken = await [first, second, third]
        #expect(taken.count { $0 } == 2)
        for _ in 0..<5 { try await hosts.call("http://a:80") { _ in (Judgement(.failure), ()) } }
        await #expect(throws: CallbackHosts.Refusal.self) { try await hosts.call("http://a:80") { _ in (Judgement(.success), ()) } }
        for number in 0..<50 { try await hosts.call("http://h\(number):80") { _ in (Judgement(.success), ()) } }
        #expect(hosts.count == 8)
    }

    @Test("the wait between attempts grows with the event's age, within bounds")
    func pauses() {
        for age in [Duration.zero, .seconds(1), .seconds(60), .seconds(600), .seconds(80_000)] {
            for _ in 0..<50 {
                let pause = CallbackStage.pause(age)
                let longest = min(max(age, .seconds(1)), .seconds(900))
                #expect(pause >= longest / 2 && pause <= longest)
            }
        }
    }

    @Test("the documented example computes the signature that the gateway sends")
    func documentedExample() throws {
        let text = try String(contentsOfFile: Repository.path("docs/callbacks.md"), encoding: .utf8)
        let blocks = text.matches(of: /```([a-z]+)\n([\s\S]*?)```/).map { (language: String($0.1), body: String($0.2)) }
        let script = try #require(blocks.first { $0.language == "sh" }?.body)
        let body = #"{"id":"018f4e2a-7c11-7003-9c1e-0242ac120002","sequence":1,"phase":"received"}"#
        let header = CallbackSignature(secret: Self.secret).header(for: Array(body.utf8), at: 1_780_000_000)
        let python = try #require(blocks.first { $0.language == "python" }?.body)
        // While it is replaced, who knows either of them is content.
        let (own, other) = (String(repeating: "s", count: 16), String(repeating: "o", count: 32))
        func both(_ secret: String) -> String { CallbackSignature(secret: secret).header(for: Array(body.utf8), at: 1_780_000_000) }
        #expect(both("\(own)\n\(other)").split(separator: ",").count == 3)
        let cases = [
            (Self.secret, header, "genuine"), (Self.secret, header.replacing("v1=", with: "v1=0"), "forged"), (own, both("\(own) \(other)"), "genuine"),
            (own, both("\(other)\n\(own)"), "genuine"), (own, both(other), "forged"),
        ]
        for (secret, header, expected) in cases {
            let environment = ["CALLBACK_SECRET": secret, "signature": header, "body": body]
            #expect(try Self.run("/bin/bash", ["-c", script], environment) == expected)
            let check =
                python
                + "\nimport os\nprint('genuine' if is_genuine(os.environ['body'].encode(), os.environ['signature'], os.environ['CALLBACK_SECRET'], now=1780000010) else 'forged')"
            #expect(try Self.run("/usr/bin/env", ["python3", "-c", check], environment) == expected)
        }
    }

    private static func run(_ executable: String, _ arguments: [String], _ environment: [String: String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
