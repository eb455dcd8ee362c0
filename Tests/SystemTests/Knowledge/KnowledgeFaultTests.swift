import Foundation
import HTTPFetch
import Synchronization
import TestSupport
import Testing

extension RealProcesses {
    @Suite("knowledge faults") struct KnowledgeFaultTests {
        @Test("kill -9 during an ingest loses no document that was acknowledged, and the same ingest made again completes it")
        func kill() async throws {
            let knowledge = try await KnowledgeProcess.start()
            defer { knowledge.stop() }
            let acknowledged = Acknowledged()
            for round in 0..<3 {
                let writing = Task {
                    for batch in 0..<10_000 {
                        let first = round * 1_000_000 + batch * 20
                        let reply = try? await knowledge.ingest((first..<(first + 20)).map { ("d\($0)", "Document zq\($0)x about handover.") })
                        guard reply?.status == 200 else { return }
                        acknowledged.add(first..<(first + 20))
                    }
                }
                let least = (round + 1) * 200
                let end = ContinuousClock.now + .seconds(120)
                while acknowledged.all.count < least, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
                try #require(acknowledged.all.count >= least, "documents are not acknowledged")
                knowledge.process.kill()
                await writing.value
                try await knowledge.restart()
                let all = acknowledged.all
                for number in stride(from: 0, to: all.count, by: max(1, all.count / 100)) {
                    #expect(try await knowledge.found("zq\(all[number])x").first == "d\(all[number])")
                }
                for number in all.suffix(20) { #expect(try await knowledge.found("zq\(number)x").first == "d\(number)") }
                Figure.report("knowledge: \(all.count) documents acknowledged before kill -9, none lost")
            }
            let verification = try await knowledge.caller.call("POST", "/admin/knowledge/verify")
            #expect(verification.text.contains(#""findings":[]"#), "\(verification.text)")
        }

        @Test("a full disk under the knowledge base is said clearly, reads go on, and with room again documents are taken")
        func fullDisk() async throws {
            let disk = try SmallDisk(megabytes: 24)
            defer { disk.release() }
            let knowledge = try await KnowledgeProcess.start(store: disk.path + "/knowledge.sqlite")
            defer { knowledge.stop() }
            #expect(try await knowledge.ingest([("before", "written zq1x before")]).status == 200)
            try disk.fill()
            var reply = try await knowledge.ingest([("full", "written zq2x when full")])
            for number in 0..<200 where reply.status == 200 {
                // What was reserved before is used up first.
                reply = try await knowledge.ingest([("filler-\(number)", String(repeating: "filler\(number) words ", count: 5000))])
            }
            #expect(reply.status == 507, "\(reply.status) \(reply.text)")
            #expect(reply.text.contains("disk_full"))
            #expect(try await knowledge.found("zq1x") == ["before"])
            #expect(try await knowledge.caller.call("GET", "/readyz").status == 200)
            try disk.empty()
            #expect(try await knowledge.ingest([("after", "written zq3x after")]).status == 200)
            #expect(try await knowledge.found("zq3x") == ["after"])
            knowledge.process.kill()
            try await knowledge.restart()
            #expect(try await knowledge.found("zq1x") == ["before"])
            #expect(try await knowledge.found("zq3x") == ["after"])
        }

        /// Ten minutes in `make endurance`, some seconds otherwise.
        @Test("mixed reads and writes at a steady rate: no error, short waits, flat memory")
        func mixed() async throws {
            let seconds = Endurance.number("NEPHORAN_KNOWLEDGE_SECONDS") ?? Endurance.value(8, whenOn: 600)
            let rate = Endurance.number("NEPHORAN_KNOWLEDGE_RATE") ?? Endurance.value(100, whenOn: 500)
            let knowledge = try await KnowledgeProcess.start()
            defer { knowledge.stop() }
            let load = MixedKnowledgeLoad(knowledge: knowledge, rate: rate, seconds: seconds)
            let result = try await load.run()
            Figure.report("knowledge, mixed: \(result.description)")
            #expect(result.errors == 0)
            // An unoptimised build on a shared machine is not what the figure is about.
            #expect(result.p95 < .milliseconds(Endurance.value(500, whenOn: 50)))
            #expect(result.growth < Endurance.value(3.0, whenOn: 1.3))
        }
    }
}

/// Numbers of the documents whose ingest was answered.
private final class Acknowledged: Sendable {
    private let numbers = Mutex<[Int]>([])
    var all: [Int] { self.numbers.withLock { $0 } }
    func add(_ range: Range<Int>) { self.numbers.withLock { $0 += Array(range) } }
}
