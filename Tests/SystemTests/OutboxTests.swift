import Crypto
import Foundation
import HTTPFetch
import HTTPTypes
import IntentModel
import RedisClient
import TestSupport
import Testing

extension RealProcesses {
    /// What follows from an event reaches its end, whatever happens to the gateway meanwhile.
    @Suite("outbox") struct OutboxTests {
        private static let secret = "the secret of the system tests"

        private struct Accepted: Decodable { var id: IntentID }

        private static func accept(_ installation: Installation, _ body: String) async throws -> IntentID {
            let reply = try await installation.gateway.call("POST", "/v1/intents", json: body)
            #expect(reply.status == 202, "\(reply.text)")
            return try reply.decode(Accepted.self).id
        }

        @Test("every event of every intent is told, signed, to a receiver that fails first, although the gateway is killed meanwhile")
        func callbacks() async throws {
            let receiver = try await CallbackReceiver.start { $0 <= 5 ? .serviceUnavailable : .noContent }
            let installation = try await Installation.start(["CALLBACK_SECRET": Self.secret, "CALLBACK_ALLOWED_HOSTS": "127.0.0.0/8"])
            defer { installation.stop() }
            var ids: [IntentID] = []
            for number in 0..<20 {
                ids.append(
                    try await Self.accept(
                        installation, #"{"intent": "Deploy an AMF in namespace told-\#(number)", "callbackUrl": "\#(receiver.url)/hook?key=hidden-\#(number)"}"#
                    ))
                if number == 10 { try await installation.killAndRestart(.gateway) }
            }
            var told: [String: [String]] = [:]
            for id in ids {
                let record = try await installation.gateway.settled(id)
                #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
                told[id.description] = record.history.map(\.phase.rawValue)
            }
            func received() -> [String: [String]] {
                var phases: [String: [Int: String]] = [:]
                for call in receiver.calls where call.answered == .noContent {
                    guard let id = call.event["id"] as? String, let sequence = call.event["sequence"] as? Int else { continue }
                    phases[id, default: [:]][sequence] = call.event["phase"] as? String
                }
                return phases.mapValues { $0.sorted { $0.key < $1.key }.map(\.value) }
            }
            let deadline = ContinuousClock.now + .seconds(60)
            while received() != told, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
            #expect(received() == told)
            for call in receiver.calls {
                let header = try #require(call.headers["nephoran-signature"])
                let seconds = header.dropFirst(2).prefix { $0 != "," }
                let code = HMAC<SHA256>.authenticationCode(for: Array("\(seconds).".utf8) + call.body, using: SymmetricKey(data: Data(Self.secret.utf8)))
                #expect(header == "t=\(seconds),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
            }
            let log = try String(contentsOfFile: try installation.process(.gateway).log, encoding: .utf8)
            #expect(!log.contains("hidden-") && !log.contains(Self.secret))
            await receiver.stop()
        }

        @Test("an address inside is refused when it is named, and not connected to when a name leads there")
        func refusesInside() async throws {
            let receiver = try await CallbackReceiver.start { _ in .noContent }
            let installation = try await Installation.start(["CALLBACK_SECRET": Self.secret, "CALLBACK_RETRY_FOR": "1s"])
            defer { installation.stop() }
            for address in [receiver.url, "http://localhost:\(receiver.port)/", "http://169.254.169.254/", "http://u:p@example.net/", "file:///etc/passwd"] {
                let reply = try await installation.gateway.call("POST", "/v1/intents", json: #"{"intent": "Deploy an AMF", "callbackUrl": "\#(address)"}"#)
                #expect(reply.status == 400 && reply.text.contains("/callbackUrl"), "\(address): \(reply.text)")
            }
            // libcurl reads this as 127.0.0.1.
            _ = try await Self.accept(installation, #"{"intent": "Nothing", "callbackUrl": "http://127.1:\#(receiver.port)/"}"#)
            let deadline = ContinuousClock.now + .seconds(30)
            var letters = ""
            while !letters.contains("may not be connected to"), ContinuousClock.now < deadline {
                letters = try await installation.gateway.call("GET", "/v1/queues/notify/dead").text
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(letters.contains("may not be connected to") && receiver.calls.isEmpty)
            await receiver.stop()
        }

        @Test("every intent that has ended is in the archive once and leaves Redis, although the gateway is killed meanwhile")
        func archive() async throws {
            let directory = try TemporaryDirectory()
            let installation = try await Installation.start(["ARCHIVE_PATH": directory.file("archive.sqlite"), "LEDGER_RETENTION": "5s"])
            defer { installation.stop() }
            let redis = try installation.ledger.client()
            defer { redis.stop() }
            func records() async throws -> Int {
                var count = 0
                var cursor = "0"
                repeat {
                    let page = try await redis.send(RedisCommand("SCAN", cursor, "MATCH", "*:i:*", "COUNT", 1_000))
                    cursor = page[0].string ?? "0"
                    count += page[1].array?.count ?? 0
                } while cursor != "0"
                return count
            }
            func exported() async throws -> [IntentID] {
                let text = try await installation.gateway.call("GET", "/v1/archive/export").text
                return try text.split(separator: "\n").map { try JSONDecoder().decode(Accepted.self, from: Data($0.utf8)).id }
            }
            var ids: [IntentID] = []
            for number in 0..<240 {
                if number % 60 == 30 { try await installation.killAndRestart(.gateway) }
                ids.append(try await Self.accept(installation, #"{"intent": "Deploy an SMF in namespace kept-\#(number)"}"#))
            }
            let all = Set(ids)
            let deadline = ContinuousClock.now + .seconds(90)
            var kills = 0
            while try await Set(exported()) != all, ContinuousClock.now < deadline {
                if kills < 3 {
                    kills += 1
                    try await installation.killAndRestart(.gateway)
                }
                try await Task.sleep(for: .milliseconds(300))
            }
            let archived = try await exported()
            #expect(archived.count == ids.count, "of \(ids.count)")
            #expect(Set(archived) == all, "missing \(all.subtracting(archived))")
            while try await records() > 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(200)) }
            #expect(try await records() == 0)
            #expect(try await installation.queues.leftovers() == [:])

            // They are still in the list, and can be shown and found.
            let record = try await installation.gateway.record(ids[7])
            #expect(record.phase == .published && record.packages.map(\.path) == ["default/kept-7/smf"])
            var listed: [IntentID] = []
            var cursor = ""
            repeat {
                let page = try await installation.gateway.call("GET", "/v1/intents?limit=100" + cursor).decode(Page.self)
                listed += page.items.map(\.id)
                cursor = page.nextCursor.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(listed == ids.sorted(by: >))
            let found = try await installation.gateway.call("GET", "/v1/archive?query=smf%20kept-7").decode(Page.self)
            #expect(found.items.map(\.id) == [ids[7]])
            let manifests = try await installation.gateway.call("GET", "/v1/intents/\(ids[7])/manifests")
            #expect(manifests.status == 200 && manifests.text.contains("kept-7"))
        }

        private struct Page: Decodable {
            struct Item: Decodable { var id: IntentID }
            var items: [Item]
            var nextCursor: String?
        }

        @Test("the memory of an intent in Redis is bounded, and comes back when the intent has left")
        func memory() async throws {
            let directory = try TemporaryDirectory()
            let installation = try await Installation.start(["ARCHIVE_PATH": directory.file("archive.sqlite"), "LEDGER_RETENTION": "40s"])
            defer { installation.stop() }
            let redis = try installation.ledger.client()
            defer { redis.stop() }
            // Key by key: the buffers of connections come and go, and are larger than all of it here.
            func records() async throws -> [Int] {
                var keys: [String] = []
                var cursor = "0"
                repeat {
                    let page = try await redis.send(RedisCommand("SCAN", cursor, "MATCH", "{p*}:[ifk]:*", "COUNT", 1_000))
                    cursor = page[0].string ?? "0"
                    keys += (page[1].array ?? []).compactMap(\.string)
                } while cursor != "0"
                return try await redis.pipeline(keys.map { RedisCommand("MEMORY", "USAGE", $0, "SAMPLES", 0) }).compactMap(\.int)
            }
            func gauge(_ name: String) async throws -> Double? {
                let lines = try await installation.client(.gateway).call("GET", "/metrics").text.split(separator: "\n")
                return lines.first { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }.flatMap { Double($0.split(separator: " ").last ?? "") }
            }
            var ids: [IntentID] = []
            for number in 0..<400 { ids.append(try await Self.accept(installation, #"{"intent": "Deploy an AMF in namespace mem-\#(number)"}"#)) }
            for id in ids { #expect(try await installation.gateway.settled(id).phase == .published) }
            let full = try await records()
            let bytesPerIntent = Double(full.reduce(0, +)) / Double(ids.count)
            #expect(full.count == ids.count)
            #expect(bytesPerIntent > 1_000 && bytesPerIntent < Self.bound, "\(bytesPerIntent) bytes")
            var reported = try await gauge("nephoran_ledger_live_intents")
            let deadline = ContinuousClock.now + .seconds(120)
            while reported ?? 0 < 400, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                reported = try await gauge("nephoran_ledger_live_intents")
            }
            #expect(reported ?? 0 >= 400)
            #expect(try await gauge("nephoran_ledger_bytes") ?? 0 > Double(full.reduce(0, +)))
            #expect(try await gauge("nephoran_ledger_bytes_per_intent") ?? 0 > 1_000)
            // All of it comes back; the event stream is bounded by itself.
            while try await !records().isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(500)) }
            #expect(try await records().isEmpty)
            print("bytes per live intent: \(Int(bytesPerIntent))")
        }

        /// Of an intent that changes one package: its record and what belongs to it.
        private static let bound = 8_000.0
    }
}
