import IntentModel
import Testing

extension RealProcesses.ContractTests {
    @Test("the events of an intent are its history, each once and in order, and end with it")
    func events() async throws {
        let reply = try await self.gateway.call("POST", "/v1/intents", json: #"{"intent": "Deploy an AMF in namespace site-events"}"#)
        let id = try reply.decode(Accepted.self).id
        var stream = try await self.gateway.events("/v1/intents/\(id)/events")
        #expect(stream.status == 200)
        #expect(stream.contentType == "text/event-stream")
        let events = try await stream.collect()
        let record = try await self.gateway.record(id)
        #expect(record.phase == .published)
        #expect(events.map(\.phase) == record.history.map(\.phase))
        #expect(events.map(\.id) == (1...record.history.count).map(String.init))
        #expect(events.allSatisfy { $0.name == "phase" && $0.intent == id })

        var rest = try await self.gateway.events("/v1/intents/\(id)/events", after: "3")
        #expect(try await rest.collect() == Array(events.dropFirst(3)))
        var nothing = try await self.gateway.events("/v1/intents/\(id)/events", after: "\(events.count)")
        #expect(try await nothing.collect() == [])
    }

    @Test("events of an intent that waits are resumed where they were left")
    func resumedEvents() async throws {
        let record = try await self.gateway.submit("Deploy an AMF in namespace site-resume", approval: "required")
        var first = try await self.gateway.events("/v1/intents/\(record.id)/events")
        let seen = try await first.collect { $0.phase == .awaitingApproval }
        var second = try await self.gateway.events("/v1/intents/\(record.id)/events", after: seen.last?.id)
        _ = try await self.gateway.decide("approve", record.id)
        let rest = try await second.collect()
        #expect((seen + rest).map(\.phase) == (try await self.gateway.record(record.id)).history.map(\.phase))
        #expect((seen + rest).map(\.id) == (1...(seen.count + rest.count)).map(String.init))
    }

    @Test("the events of all intents follow each, and are resumed where they were left")
    func allEvents() async throws {
        var live = try await self.gateway.events("/v1/events")
        #expect(live.status == 200)
        // The head of the response comes after the feed has begun, so nothing of these is missed.
        let first = try await self.gateway.submit("Deploy an AMF in namespace site-feed-1")
        let second = try await self.gateway.submit("Deploy an AMF in namespace site-feed-2")
        let events = try await live.collect { $0.intent == second.id && $0.phase?.isTerminal == true }
        for record in [first, second] {
            #expect(events.filter { $0.intent == record.id }.map(\.phase) == record.history.map(\.phase))
        }
        let middle = try #require(events.firstIndex { $0.intent == first.id && $0.phase == .planning })
        var resumed = try await self.gateway.events("/v1/events", after: events[middle].id)
        var missing = Set(events.dropFirst(middle + 1).filter { $0.intent == first.id || $0.intent == second.id }.map(\.data))
        let repeated = try await resumed.collect { event in
            missing.remove(event.data)
            return missing.isEmpty
        }
        #expect(missing.isEmpty)
        #expect(!repeated.contains { $0.data == events[middle].data })
    }
}
