import Foundation
import Glibc
import HTTPFetch
import IntentModel
import JSONSchema
import Subprocess
import TestSupport
import Testing

extension RealProcesses {
    /// One fault at a time: the behaviour is defined, no intent is lost, nothing has to be restarted. docs/reliability.md has the table.
    @Suite("fault tolerance") struct FaultToleranceTests {
        // MARK: Peers

        @Test("a model that answers 30 % with 500, lets 10 % hang and 5 % be garbage costs time and notes, no intent")
        func unreliableModel() async throws {
            let reading =
                #"{"decision": "accepted", "expectations": [{"verb": "deploy", "kind": "NetworkFunction", "type": "SMF", "targets": [], "context": {"namespace": "model"}}]}"#
            let model = try await FakeModelServer.start(standard: .content(reading))
            let count = Endurance.value(60, whenOn: 1_000)
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "HTTP_TIMEOUT": "1s",
            ])
            defer { installation.stop() }
            var random = SeededRandom(seed: 7)
            for _ in 0..<count * 4 {
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<30: model.answer(.status(500))
                case 30..<40: model.answer(.slow(.seconds(20), reading))
                case 40..<45: model.answer(.raw("<html>garbage"))
                default: model.answer(.content(reading))
                }
            }
            let before = installation.running
            let records = try await Self.publish(count, "an SMF", "model", installation)
            #expect(records.filter { $0.phase != .published }.map { $0.problem?.detail ?? $0.phase.rawValue } == [])
            let read = records.count { $0.interpretation?.provenance.model == "fake" }
            let noted = records.count { $0.interpretation?.provenance.notes?.isEmpty == false }
            Figure.report("model: \(records.count) intents, \(read) read by the model, \(noted) with a note, \(model.requests.count) calls")
            #expect(read > 0 && noted > 0 && read + noted >= records.count, "who was not read by the model says so")
            #expect(installation.running == before)
            await model.stop()
        }

        @Test("without rag-api intents go on; the model is shown no passages and the gateway says what is missing")
        func knowledgeDown() async throws {
            let model = try await FakeModelServer.start(
                standard: .content(
                    #"{"decision": "accepted", "expectations": [{"verb": "deploy", "kind": "NetworkFunction", "type": "SMF", "targets": [], "context": {"namespace": "rag"}}]}"#
                ))
            let installation = try await Installation.start(["LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake"])
            defer { installation.stop() }
            try installation.process(.knowledge).kill()
            let record = try await installation.gateway.submit("Deploy an SMF named smf-alone in namespace rag")
            #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            #expect(record.interpretation?.provenance.passages == [])
            #expect(try await installation.client(.gateway).call("GET", "/readyz").status == 200)
            try installation.process(.knowledge).restart()
            try await installation.untilReady(.knowledge)
            let deadline = ContinuousClock.now + .seconds(40)
            var number = 0
            var passages = 0
            while passages == 0, ContinuousClock.now < deadline {
                number += 1
                passages =
                    try await installation.gateway.submit("Deploy an SMF named with-\(number) in namespace rag").interpretation?.provenance.passages.count ?? 0
            }
            #expect(passages > 0, "it is asked again once it is back")
            await model.stop()
        }

        @Test("while the Git server is away intents wait, and are published once it is back", .enabled(if: Endurance.isOn))
        func gitServerDown() async throws {
            let directory = try TemporaryDirectory()
            let remote = PublishedRepository(directory: directory.file("remote.git"))
            try await remote.git("init", "--bare", "--quiet", "--initial-branch=main", directory.file("remote.git"))
            let port = try FreePort.next()
            let arguments = [
                "daemon", "--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1", "--port=\(port)", "--base-path=\(directory.path)",
            ]
            let server = try ServiceProcess("git-daemon", executable: "/usr/bin/git", arguments: arguments, environment: [:], log: directory.file("daemon.log"))
            defer { server.stop() }
            let installation = try await Installation.start([
                "GIT_REPO_URL": "git://127.0.0.1:\(port)/remote.git", "GIT_MIRROR": directory.file("mirror.git"),
            ])
            defer { installation.stop() }
            let first = try await installation.gateway.submit("Deploy a PCF named before in namespace away")
            #expect(first.phase == .published, "\(first.problem?.detail ?? "")")

            let before = installation.running
            for child in ProcessFigures.children(of: server.processID) { kill(child, SIGKILL) }
            server.kill()
            let start = ContinuousClock.now
            var ids: [IntentID] = []
            while ContinuousClock.now < start + .seconds(Endurance.value(10, whenOn: 60)) {
                ids.append(try await installation.gateway.accept("Deploy a PCF named during-\(ids.count) in namespace away"))
                try await Task.sleep(for: .milliseconds(500))
            }
            #expect(try await installation.gateway.record(try #require(ids.first)).phase.isTerminal == false, "it waits")
            try server.restart()
            let back = ContinuousClock.now
            for id in ids {
                let record = try await installation.gateway.settled(id, within: .seconds(90))
                #expect(record.phase == .published, "\(record.phase) \(record.problem?.detail ?? "")")
            }
            Figure.report("git: \(ids.count) intents while the server was away, all published \((ContinuousClock.now - back).rounded) after it was back")
            #expect(installation.running == before)
            let commits = try await remote.revisions().reduce(into: [:]) { $0[$1.intent, default: 0] += 1 }
            for id in ids { #expect(commits[id.description] == 1) }
        }

        // MARK: Redis

        @Test("while Redis does not answer for 10 s the gateway says so, and everything goes on afterwards")
        func redisPaused() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let early = try await Self.accept(50, "early", installation)
            let before = installation.running
            installation.ledger.signal(SIGSTOP)
            let resume = Task {
                try await Task.sleep(for: .seconds(10))
                installation.ledger.signal(SIGCONT)
            }
            // An answer within the deadline, and never a promise that is not kept.
            let reply = try await installation.gateway.call(
                "POST", "/v1/intents", json: #"{"intent": "Deploy an NRF named meanwhile in namespace paused"}"#, headers: [("idempotency-key", "during")],
                timeout: .seconds(9))
            #expect(reply.status == 503)
            #expect(reply.problem?.code == "ledger_unavailable")
            #expect(reply.header("retry-after") != nil)
            #expect(try await installation.client(.gateway).call("GET", "/readyz", timeout: .seconds(5)).status == 503)
            #expect(try await installation.client(.gateway).call("GET", "/healthz", timeout: .seconds(5)).status == 200)
            try await resume.value
            let back = ContinuousClock.now
            let again = try await Self.persist(#"{"intent": "Deploy an NRF named meanwhile in namespace paused"}"#, key: "during", installation)
            for id in early + [again] { #expect(try await installation.gateway.settled(id).phase == .published) }
            Figure.report("redis paused: all intents at their end \((ContinuousClock.now - back).rounded) after it answered again")
            #expect(installation.running == before)
            #expect(try await installation.repository.revisions().count(where: { $0.path.hasSuffix("/meanwhile") }) == 1)
        }

        @Test(
            "a full disk under Redis means 503 and no 202; with room again intents are taken, and every one that was acknowledged is there",
            .enabled(if: Endurance.isOn))
        func redisDiskFull() async throws {
            let disk = try SmallDisk(megabytes: 24)
            defer { disk.release() }
            let ledger = try await RedisServer.start(options: ["--dir", disk.path])
            let installation = try await Installation.start(ledger: ledger)
            defer { installation.stop() }
            var accepted = try await Self.accept(20, "before", installation)
            let before = installation.running
            try disk.fill()
            var refusals: [Int: Int] = [:]
            for number in 0..<Endurance.value(6, whenOn: 40) {
                // The gateway's answer is a promise: 202 only for what is on disk.
                let reply = try? await installation.gateway.call(
                    "POST", "/v1/intents", json: #"{"intent": "Deploy an NRF named full-\#(number) in namespace faults"}"#,
                    headers: [("idempotency-key", "full-\(number)")],
                    timeout: .seconds(15))
                refusals[reply?.status ?? 0, default: 0] += 1
                if reply?.status == 202, let id = (reply?["id"] as? String).flatMap({ IntentID($0) }) { accepted.append(id) }
            }
            #expect(refusals[503] != nil && refusals.keys.allSatisfy { $0 == 503 || $0 == 202 }, "\(refusals)")
            // Started again it answers, and takes nothing: that is no healthy ledger.
            if !ledger.isRunning { try? await ledger.restart() }
            try await eventually(within: .seconds(30)) {
                let readiness = try await installation.client(.gateway).call("GET", "/readyz", timeout: .seconds(5))
                return readiness.status == 503 && readiness.text.contains("redis: ")
            }
            try disk.empty()
            // With every write synchronised Redis ends when it cannot write, and a supervisor starts it again.
            let hasEnded = !ledger.isRunning
            if hasEnded { try await ledger.restart() }
            let late = try await Self.persist(#"{"intent": "Deploy an NRF named afterwards in namespace faults"}"#, key: "afterwards", installation)
            for id in accepted + [late] { #expect(try await installation.gateway.settled(id, within: .seconds(60)).phase == .published, "\(id)") }
            Figure.report("disk full under redis: answers \(refusals), \(accepted.count) acknowledged, none lost, redis had ended: \(hasEnded)")
            #expect(installation.running == before)
            #expect(try await installation.queues.leftovers(within: .seconds(20)) == [:])
        }

        // MARK: Disks, descriptors, names

        @Test("a full disk under the repository makes intents wait, and they are published once there is room", .enabled(if: Endurance.isOn))
        func gitDiskFull() async throws {
            let disk = try SmallDisk(megabytes: 16)
            defer { disk.release() }
            let installation = try await Installation.start(["GIT_REPO_URL": disk.path + "/gitops.git"])
            defer { installation.stop() }
            #expect(try await installation.gateway.submit("Deploy an NRF named before in namespace faults").phase == .published)
            let before = installation.running
            try disk.fill()
            let ids = try await Self.accept(20, "full", installation)
            try await Task.sleep(for: .seconds(4))
            for id in ids { #expect(try await installation.gateway.record(id).phase.isTerminal == false, "it waits") }
            try disk.empty()
            let back = ContinuousClock.now
            for id in ids {
                let record = try await installation.gateway.settled(id, within: .seconds(60))
                #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            }
            Figure.report("disk full under git: \(ids.count) intents published \((ContinuousClock.now - back).rounded) after there was room")
            #expect(installation.running == before)
            try await installation.repository.git("fsck", "--full")
        }

        @Test(
            "a service without descriptors recovers when it has some again", .enabled(if: Endurance.isOn),
            arguments: [ServiceName.gateway, .interpreter, .generator, .bridge])
        func descriptors(_ service: ServiceName) async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            #expect(try await installation.gateway.submit("Deploy an NRF named before in namespace faults").phase == .published)
            let before = installation.running
            let processID = try installation.process(service).processID
            let held = ProcessFigures(processID)?.descriptors ?? 0
            try await Self.limitDescriptors(of: processID, to: "\(held + 1)")
            // Connections that want a descriptor each, for longer than it takes to notice.
            let knocking = Task {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<60 { group.addTask { _ = try? await installation.client(service).call("GET", "/healthz", timeout: .seconds(3)) } }
                }
            }
            var ids: [IntentID] = []
            for number in 0..<10 {
                let body = #"{"intent": "Deploy an NRF named scarce-\#(number) in namespace faults"}"#
                let reply = try? await installation.gateway.call(
                    "POST", "/v1/intents", json: body, headers: [("idempotency-key", "scarce-\(number)")], timeout: .seconds(2))
                if reply?.status == 202, let id = (reply?["id"] as? String).flatMap({ IntentID($0) }) { ids.append(id) }
            }
            await knocking.value
            try await Self.limitDescriptors(of: processID, to: "1024")
            let back = ContinuousClock.now
            for number in 0..<10 {
                ids.append(
                    try await Self.persist(#"{"intent": "Deploy an NRF named scarce-\#(number) in namespace faults"}"#, key: "scarce-\(number)", installation))
            }
            for id in Set(ids) {
                let record = try await installation.gateway.settled(id, within: .seconds(60))
                #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            }
            Figure.report(
                "descriptors of \(service.rawValue): \(Set(ids).count) intents published \((ContinuousClock.now - back).rounded) after it had some again")
            #expect(Set(ids).count == 10, "each key is one intent")
            #expect(installation.running == before)
        }

        @Test("names that are not resolved are outages like any other: intents wait, or are read without the model", .enabled(if: Endurance.isOn))
        func names() async throws {
            let model = "http://model.invalid:9/v1"
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model, "LLM_MODEL": "fake", "RAG_API_URL": "http://rag-api.invalid:8082",
                "A1_URL": "east=http://ric.invalid:1", "PLMN": "001-01", "LEDGER_MAX_ATTEMPTS": "4",
            ])
            defer { installation.stop() }
            let before = installation.running
            let record = try await installation.gateway.submit("Deploy an NRF named nameless in namespace faults")
            #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            #expect(record.interpretation?.provenance.model == nil)
            #expect(record.interpretation?.provenance.notes?.isEmpty == false, "it says that the model was not used")
            let policy = try await installation.gateway.submit(RANOrder.sentence(1))
            #expect(policy.phase == .failed, "\(policy.phase)")
            #expect(policy.problem != nil)
            #expect(installation.running == before)
        }

        // MARK: Parts

        private static func accept(_ count: Int, _ name: String, _ installation: Installation) async throws -> [IntentID] {
            try await withThrowingTaskGroup(of: IntentID.self) { group in
                for number in 0..<count {
                    group.addTask { try await installation.gateway.accept("Deploy an NRF named \(name)-\(number) in namespace faults") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }

        private static func publish(_ count: Int, _ what: String, _ namespace: String, _ installation: Installation) async throws -> [IntentRecord] {
            try await withThrowingTaskGroup(of: IntentRecord.self) { group in
                for number in 0..<count {
                    group.addTask {
                        let id = try await installation.gateway.accept("Deploy \(what) named own-\(number) in namespace \(namespace)")
                        return try await installation.gateway.settled(id, within: .seconds(Endurance.value(60, whenOn: 600)))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }

        /// As a client does: repeated with its key until it is accepted.
        private static func persist(_ body: String, key: String, _ installation: Installation) async throws -> IntentID {
            let deadline = ContinuousClock.now + .seconds(30)
            var last = "no answer"
            while ContinuousClock.now < deadline {
                if let reply = try? await installation.gateway.call(
                    "POST", "/v1/intents", json: body, headers: [("idempotency-key", key)], timeout: .seconds(10))
                {
                    if reply.status == 202 || reply.status == 200, let id = (reply["id"] as? String).flatMap({ IntentID($0) }) { return id }
                    last = "\(reply)"
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            throw Gateway.Unexpected(description: "never accepted: \(last)")
        }

        /// Soft limit of a running process.
        private static func limitDescriptors(of processID: Int32, to limit: String) async throws {
            let result = try await Subprocess.run(
                .name("prlimit"), arguments: ["--pid", "\(processID)", "--nofile=\(limit):"], output: .discarded, error: .string(limit: 1 << 12))
            guard result.terminationStatus.isSuccess else { throw Gateway.Unexpected(description: "prlimit: \(result.standardError)") }
        }
    }
}
